import type { KeyObject, X509Certificate } from "node:crypto";

/** A client certificate with its chain, and its private key without a passphrase, both PEM text. */
export interface ClientIdentity {
  readonly cert: string;
  readonly key: string;
}

/** PEM text as files hold it. Both may be the same text. */
export interface WrittenIdentity {
  /** The client's own certificate first, then those of its chain. */
  readonly cert: string;
  readonly key: string;
  /** What the key is encrypted with. */
  readonly passphrase?: string | undefined;
}

/** Why that is no identity. `problem` continues a sentence that begins with the file: “… holds no certificate”. */
export interface IdentityProblem {
  readonly part: "cert" | "key" | "passphrase";
  readonly problem: string;
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN ((?:[A-Z0-9]+ )*)PRIVATE KEY-----[\s\S]*?-----END \1PRIVATE KEY-----/;

/**
 * Reads a client certificate and its key, decrypts the key, and checks that they belong together. No part of the key gets into
 * a problem.
 */
export function readClientIdentity(written: WrittenIdentity): ClientIdentity | IdentityProblem {
  const certificates = written.cert.match(CERTIFICATES);
  if (certificates === null) {
    return { part: "cert", problem: "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)" };
  }
  const own = parseCertificate(certificates[0]);
  if (own === undefined) return { part: "cert", problem: "holds a certificate that cannot be read" };
  const text = PRIVATE_KEY.exec(written.key)?.[0];
  if (text === undefined) {
    return { part: "key", problem: "holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)" };
  }
  const key = parseKey(text, written.passphrase);
  if ("problem" in key) return key;
  if (!own.checkPrivateKey(key)) {
    return {
      part: "key",
      problem: "is not the key of the certificate; the client's own certificate must be the first in its file",
    };
  }
  const pem = isEncrypted(text) ? key.export({ type: "pkcs8", format: "pem" }).toString() : `${text}\n`;
  return { cert: `${certificates.join("\n")}\n`, key: pem };
}

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new (crypto().X509Certificate)(pem);
  } catch {
    return undefined;
  }
}

function parseKey(text: string, passphrase: string | undefined): KeyObject | IdentityProblem {
  const encrypted = isEncrypted(text);
  if (encrypted && passphrase === undefined) return { part: "passphrase", problem: "is encrypted" };
  try {
    return crypto().createPrivateKey({ key: text, ...(encrypted ? { passphrase } : {}) });
  } catch {
    if (encrypted) return { part: "passphrase", problem: "cannot be decrypted with the passphrase that was given" };
    return { part: "key", problem: "holds a private key that cannot be read" };
  }
}

function isEncrypted(pem: string): boolean {
  return pem.startsWith("-----BEGIN ENCRYPTED") || /^Proc-Type: .*ENCRYPTED/m.test(pem);
}

/** Only sessions with a certificate pay for loading it. */
function crypto() {
  return process.getBuiltinModule("node:crypto");
}
