import { DialError, escapeForPeople } from "@mcp-router/core/plugin";
import { LONGEST_EXCERPT } from "./longest-excerpt.ts";
import type { DialProgress } from "./dial-progress.ts";
import type { Finding } from "./protocol.ts";

const ADD_CA =
  "Put the certificate of the authority that signed it into gateway.tls.ca_cert_path (PEM). A server that does not send its intermediate certificates must be mended there.";
const CLIENT_CERTIFICATE =
  "Set gateway.tls.client_cert and gateway.tls.client_key to a certificate that this gateway trusts (auth.type mtls takes the same files).";
const MATERIAL =
  "Check the files named by gateway.tls.* and gateway.auth.*: certificate and key must be a pair, each in PEM form, or both in one PKCS#12 file.";
const PKCS12 = "Check the passphrase of the PKCS#12 file that gateway.auth or gateway.tls names.";
const OLD_PKCS12 =
  "Write it anew: openssl pkcs12 -legacy -in OLD.p12 -nodes -out ALL.pem, then openssl pkcs12 -export -in ALL.pem -out NEW.p12; and delete ALL.pem.";
const VERSION = "Compare gateway.tls.min_version and gateway.tls.cipher_suites with what the gateway offers.";

/** Codes of a certificate that Node refused; continues “The certificate of HOST:PORT …”. */
const CERTIFICATE: { readonly [code: string]: Finding } = {
  CERT_HAS_EXPIRED: {
    says: "has expired",
    hint: "Renew the gateway's certificate, and check the clock of this machine.",
  },
  CERT_NOT_YET_VALID: {
    says: "is not valid yet",
    hint: "Check the clock of this machine and the start date of the certificate.",
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    says: "is for another host name",
    hint: "Use a name that the certificate holds in gateway.url, or set gateway.tls.server_name to it.",
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    says: "is signed by an authority that is not trusted here",
    hint: ADD_CA,
  },
  UNABLE_TO_GET_ISSUER_CERT: {
    says: "is signed by an authority that is not trusted here",
    hint: ADD_CA,
  },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {
    says: "is signed by an authority that is not trusted here",
    hint: ADD_CA,
  },
  CERT_UNTRUSTED: { says: "is signed by an authority that is not trusted here", hint: ADD_CA },
  SELF_SIGNED_CERT_IN_CHAIN: {
    says: "leads to a root authority that is not trusted here",
    hint: ADD_CA,
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    says: "is signed by itself and not trusted here",
    hint: "Put this very certificate into gateway.tls.ca_cert_path (PEM), or give the gateway one of an authority.",
  },
  CERT_REVOKED: { says: "was revoked", hint: "Give the gateway a new certificate." },
  CERT_SIGNATURE_FAILURE: { says: "has a wrong signature", hint: ADD_CA },
  CERT_CHAIN_TOO_LONG: {
    says: "has too long a chain",
    hint: "Mend the certificate chain of the gateway.",
  },
  PATH_LENGTH_EXCEEDED: {
    says: "has too long a chain",
    hint: "Mend the certificate chain of the gateway.",
  },
  INVALID_CA: {
    says: "is signed by a certificate that is no authority",
    hint: "Mend the certificate chain of the gateway.",
  },
  INVALID_PURPOSE: {
    says: "is not meant for servers",
    hint: "Give the gateway a certificate with the usage serverAuth.",
  },
  CERT_REJECTED: { says: "is marked as rejected", hint: ADD_CA },
  HOSTNAME_MISMATCH: {
    says: "is for another host name",
    hint: "Use a name that the certificate holds in gateway.url.",
  },
};

/** What OpenSSL reports about the handshake itself, by a piece of its code or text; continues “… failed: ”. */
const HANDSHAKE: readonly (readonly [RegExp, Finding])[] = [
  [/certificate[ _]required/i, { says: "the gateway asks for a client certificate", hint: CLIENT_CERTIFICATE }],
  [
    /alert[ _](bad[ _]certificate|unknown[ _]ca|certificate[ _](unknown|expired|revoked)|unsupported[ _]certificate|access[ _]denied)/i,
    { says: "the gateway refused the client certificate", hint: CLIENT_CERTIFICATE },
  ],
  [
    /protocol[ _]version|unsupported[ _]protocol|wrong[ _]ssl[ _]version/i,
    { says: "no TLS version is allowed on both sides", hint: VERSION },
  ],
  [
    /handshake[ _]failure/i,
    {
      says: "the gateway found nothing it accepts (no common cipher, or a client certificate is missing)",
      hint: `${VERSION} ${CLIENT_CERTIFICATE}`,
    },
  ],
  [
    /unrecognized[ _]name/i,
    {
      says: "the gateway does not know this host name",
      hint: "Set gateway.tls.server_name to a name it serves.",
    },
  ],
  [
    /no[ _]cipher[ _]match/i,
    {
      says: "no cipher suite has a name from gateway.tls.cipher_suites",
      hint: "Use OpenSSL's names, such as TLS_AES_256_GCM_SHA384.",
    },
  ],
  [/mac verify failure/, { says: "the passphrase of the PKCS#12 file is wrong or missing", hint: PKCS12 }],
  [
    /Unsupported PKCS12/,
    { says: "the PKCS#12 file is encrypted in an old way that OpenSSL 3 does not read", hint: OLD_PKCS12 },
  ],
  [
    /^ERR_OSSL_|PEM routines|key values mismatch|\bno start line\b/i,
    { says: "the TLS material cannot be used", hint: MATERIAL },
  ],
];

/** The error of material that Node does not take, before anything was sent. */
export function materialFailure(cause: unknown, text: string, dial: DialProgress): DialError {
  const found = escapeForPeople(text, LONGEST_EXCERPT);
  return new DialError("tls", `The TLS material for ${dial.target} cannot be used: ${found}.`, {
    hint: MATERIAL,
    cause,
  });
}

/** The error of a failed TLS handshake or certificate check; nothing when `code` and `text` are about something else. */
export function tlsFailure(code: string, text: string, dial: DialProgress, cause: unknown): DialError | undefined {
  const certificate = Object.hasOwn(CERTIFICATE, code) ? CERTIFICATE[code] : undefined;
  if (certificate !== undefined) {
    const issuer =
      dial.issuer === undefined ? "" : `; its issuer is “${escapeForPeople(dial.issuer, LONGEST_EXCERPT)}”`;
    return new DialError("tls", `The certificate of ${dial.target} ${certificate.says} (${code}${issuer}).`, {
      hint: certificate.hint,
      cause,
    });
  }
  const known = HANDSHAKE.find(([pattern]) => pattern.test(code) || pattern.test(text))?.[1];
  if (known === undefined && !/^ERR_(SSL|TLS|OSSL)_/.test(code) && code !== "EPROTO") return undefined;
  // Errors about PKCS#12 have no code.
  const named = code === "" ? "" : ` (${code})`;
  return new DialError(
    "tls",
    `The TLS handshake with ${dial.target} failed: ${known?.says ?? escapeForPeople(text, LONGEST_EXCERPT)}${named}.`,
    {
      hint: known?.hint ?? VERSION,
      cause,
    },
  );
}
