import type { X509Certificate } from "node:crypto";
import { Duplex } from "node:stream";

/** Why a PKCS#12 file cannot be used. */
export interface PfxProblem {
  readonly problem: string;
  readonly hint: string;
}

const PROBLEMS: readonly (readonly [RegExp, PfxProblem])[] = [
  [
    /mac verify failure/i,
    {
      problem: "cannot be opened with the passphrase that was given, or with none",
      hint: "Check auth.client_key_passphrase_env or auth.client_key_passphrase_file.",
    },
  ],
  [
    /unsupported/i,
    {
      problem: "is encrypted in an old way that OpenSSL 3 does not read",
      hint: "Export it again: openssl pkcs12 -legacy -in OLD -nodes | openssl pkcs12 -export -out NEW.",
    },
  ],
];

/**
 * The client's own certificate in a PKCS#12 file. Node shows it only as the certificate of a TLS socket; this one is connected
 * to nothing.
 */
export function readPfx(bytes: Buffer, passphrase: string | undefined): X509Certificate | PfxProblem {
  const { createSecureContext, TLSSocket } = process.getBuiltinModule("node:tls");
  try {
    const secureContext = createSecureContext({ pfx: bytes, ...(passphrase === undefined ? {} : { passphrase }) });
    const socket = new TLSSocket(new Duplex({ read() {}, write() {} }), { isServer: true, secureContext });
    try {
      return socket.getX509Certificate() ?? { problem: "holds no certificate with a key", hint: EXPORT };
    } finally {
      socket.destroy();
    }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const known = PROBLEMS.find(([pattern]) => pattern.test(text))?.[1];
    return known ?? { problem: "is not a PKCS#12 file", hint: EXPORT };
  }
}

const EXPORT = "Make it with: openssl pkcs12 -export -in CERTIFICATE -inkey KEY -out FILE.";
