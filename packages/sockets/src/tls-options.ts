import type { ConnectionOptions } from "node:tls";
import type { TlsMaterial, TlsOptions } from "@mcp-router/core/plugin";

type TlsSettings = Pick<
  ConnectionOptions,
  "rejectUnauthorized" | "minVersion" | "ca" | "cert" | "key" | "pfx" | "passphrase" | "servername" | "ciphers"
>;

/** TLS rules and material as Node takes them; the certificate of a credential (`material`) stands before that of the rules. */
export function tlsOptions(tls: TlsOptions, material?: TlsMaterial): TlsSettings {
  const ca = material?.ca ?? tls.ca;
  return {
    // Written out, so that NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment has no say.
    rejectUnauthorized: tls.verify,
    minVersion: tls.minVersion,
    ...(ca === undefined ? {} : { ca: [...ca] }),
    ...clientCertificate(tls, material),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    ...(tls.cipherSuites === undefined ? {} : { ciphers: tls.cipherSuites.join(":") }),
  };
}

/** Certificate and key are a pair: never one of the credential with the other of the rules. */
function clientCertificate(tls: TlsOptions, material: TlsMaterial | undefined) {
  if (material?.pfx !== undefined) {
    const { bytes, passphrase } = material.pfx;
    return { pfx: bytes, ...(passphrase === undefined ? {} : { passphrase: passphrase.reveal() }) };
  }
  const { cert, key } = material?.cert === undefined ? tls : material;
  return { ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) };
}

/** The rules for another host than the gateway: its name, its pinned keys and the client certificate mean nothing there. */
export function tlsOfOtherHost({ verify, minVersion, ca, cipherSuites }: TlsOptions): TlsOptions {
  return {
    verify,
    minVersion,
    ...(ca === undefined ? {} : { ca }),
    ...(cipherSuites === undefined ? {} : { cipherSuites }),
  };
}
