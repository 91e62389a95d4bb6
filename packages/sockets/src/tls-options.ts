import type { ConnectionOptions } from "node:tls";
import type { Credential, Endpoint } from "@mcp-router/core/plugin";

type TlsSettings = Pick<
  ConnectionOptions,
  "rejectUnauthorized" | "minVersion" | "ca" | "cert" | "key" | "servername" | "ciphers"
>;

/** The TLS rules and material of an endpoint as Node takes them; a certificate of the credential stands before the endpoint's. */
export function tlsOptions(endpoint: Endpoint, credential?: Credential): TlsSettings {
  const { tls } = endpoint;
  const ca = credential?.tls?.ca ?? tls.ca;
  // Certificate and key are a pair: never one of the credential with the other of the endpoint.
  const { cert, key } = credential?.tls?.cert === undefined ? tls : credential.tls;
  return {
    // Written out, so that NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment has no say.
    rejectUnauthorized: tls.verify,
    minVersion: tls.minVersion,
    ...(ca === undefined ? {} : { ca: [...ca] }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    ...(tls.cipherSuites === undefined ? {} : { ciphers: tls.cipherSuites.join(":") }),
  };
}
