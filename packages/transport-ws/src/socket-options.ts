import type { Credential, Endpoint } from "@mcp-router/core/plugin";
import type { ClientOptions } from "ws";
import type { DialProgress } from "./dial-progress.ts";
import { requestHeaders } from "./request-headers.ts";

/** Milliseconds that an orderly close may take before the socket is cut. */
const CLOSE_TIMEOUT_MS = 1000;

/** The options of `ws` 8.23 as we use them; its published types lack the last three. */
export interface SocketOptions extends ClientOptions {
  readonly closeTimeout: number;
  readonly maxPendingAutoPongs: number;
  readonly servername?: string;
}

function tlsOptions(endpoint: Endpoint, credential: Credential): Partial<SocketOptions> {
  const { tls } = endpoint;
  const ca = credential.tls?.ca ?? tls.ca;
  // Certificate and key are a pair: never one of the credential with the other of the endpoint.
  const { cert, key } = credential.tls?.cert === undefined ? tls : credential.tls;
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

/**
 * Everything a `WebSocket` is made with. The limits are written out because their defaults differ between versions of `ws`,
 * and each one stops an attack of a hostile gateway (tiny fragments, ping floods, compression bombs, oversize messages).
 */
export function socketOptions(endpoint: Endpoint, credential: Credential, progress: DialProgress): SocketOptions {
  return {
    ...(endpoint.url.protocol === "wss:" ? tlsOptions(endpoint, credential) : {}),
    headers: requestHeaders(credential),
    handshakeTimeout: endpoint.connection.timeoutMs,
    followRedirects: false,
    perMessageDeflate: false,
    maxPayload: endpoint.connection.maxMessageBytes,
    maxFragments: 1024,
    maxBufferedChunks: 16_384,
    maxPendingAutoPongs: 60,
    closeTimeout: CLOSE_TIMEOUT_MS,
    finishRequest(request) {
      progress.follow(request);
      request.end();
    },
  };
}
