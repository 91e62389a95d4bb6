import type { Credential, Endpoint } from "@mcp-router/core/plugin";
import type { ClientOptions } from "ws";
import { requestHeaders } from "./request-headers.ts";

/** Milliseconds that an orderly close may take before the socket is cut. */
const CLOSE_TIMEOUT_MS = 1000;

/** The options of `ws` 8.23 as we use them; its published types lack two of them. */
export interface SocketOptions extends ClientOptions {
  readonly closeTimeout: number;
  readonly maxPendingAutoPongs: number;
}

/**
 * Everything a `WebSocket` is made with but its socket. The limits are written out because their defaults differ between versions of `ws`,
 * and each one stops an attack of a hostile gateway (tiny fragments, ping floods, compression bombs, oversize messages).
 */
export function socketOptions(endpoint: Endpoint, credential: Credential): SocketOptions {
  return {
    headers: requestHeaders(credential),
    followRedirects: false,
    perMessageDeflate: false,
    maxPayload: endpoint.connection.maxMessageBytes,
    maxFragments: 1024,
    maxBufferedChunks: 16_384,
    maxPendingAutoPongs: 60,
    closeTimeout: CLOSE_TIMEOUT_MS,
  };
}
