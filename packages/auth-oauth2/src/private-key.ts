import { createPrivateKey, type KeyObject, webcrypto } from "node:crypto";
import { credentialError } from "./credential-error.ts";
import type { FoundSecret } from "./read-secret.ts";

interface Algorithm {
  readonly name: string;
  readonly hash?: string;
  readonly namedCurve?: string;
}

const CURVES: { readonly [name: string]: string } = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" };

/**
 * A private key in PEM as Web Crypto takes it. RSA signs with RS256, elliptic curves with their own algorithm.
 *
 * @throws DialError `credential` when the text is no key, or the passphrase is wrong or missing.
 */
export async function importPrivateKey(
  pem: FoundSecret,
  passphrase: FoundSecret | undefined,
): Promise<webcrypto.CryptoKey> {
  const key = parse(pem, passphrase);
  const algorithm = algorithmOf(key);
  if (algorithm === undefined) {
    throw credentialError(`The key in ${pem.from} is of a kind that cannot sign for private_key_jwt.`, {
      hint: "Use an RSA, P-256, P-384, P-521 or Ed25519 key.",
    });
  }
  const bytes = key.export({ type: "pkcs8", format: "der" });
  return await webcrypto.subtle.importKey("pkcs8", bytes, algorithm, false, ["sign"]);
}

function parse(pem: FoundSecret, passphrase: FoundSecret | undefined): KeyObject {
  try {
    return createPrivateKey({ key: pem.text, ...(passphrase === undefined ? {} : { passphrase: passphrase.text }) });
  } catch (cause) {
    const code = String(Reflect.get(Object(cause), "code"));
    const locked = code === "ERR_MISSING_PASSPHRASE";
    const hint = locked
      ? "Set auth.private_key_passphrase_env."
      : "It must be a private key in PEM, and the passphrase that of the key.";
    throw credentialError(`The private key in ${pem.from} cannot be read (${code}).`, { hint });
  }
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): Algorithm | undefined {
  if (asymmetricKeyType === "rsa") return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  if (asymmetricKeyType === "ed25519") return { name: "Ed25519" };
  const namedCurve = CURVES[asymmetricKeyDetails?.namedCurve ?? ""];
  return asymmetricKeyType === "ec" && namedCurve !== undefined ? { name: "ECDSA", namedCurve } : undefined;
}
