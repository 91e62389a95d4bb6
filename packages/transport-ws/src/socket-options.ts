import type { Credential, Endpoint } from "@mcp-router/core/plugin";
import { type DialProgress, tlsOptions } from "@mcp-router/sockets";
import type { ClientOptions } from "ws";
import { requestHeaders } from "./request-headers.ts";

/** Milliseconds that an orderly close may take before the socket is cut. */
const CLOSE_TIMEOUT_MS = 1000;

/** The options of `ws` 8.23 as we use them; its published types lack the last three. */
export interface SocketOptions extends ClientOptions {
  readonly closeTimeout: number;
  readonly maxPendingAutoPongs: number;
  readonly servername?: string | undefined;
}

/**
 * Everything a `WebSocket` is made with. The limits are written out because their defaults differ between versions of `ws`,
 * and each one stops an attack of a hostile gateway (tiny fragments, ping floods, compression bombs, oversize messages).
 */
export function socketOptions(endpoint: Endpoint, credential: Credential, progress: DialProgress): SocketOptions {
  return {
    ...(endpoint.url.protocol === "wss:" ? tlsOptions(endpoint.tls, credential.tls) : {}),
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
      request.once("socket", (socket) => progress.follow(socket));
      request.end();
    },
  };
}
