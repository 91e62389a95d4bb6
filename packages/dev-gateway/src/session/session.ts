import type { GatewayFault } from "../envelope/gateway-fault.ts";
import type { JsonObject } from "../envelope/json-value.ts";
import type { FrameOptions } from "../listeners/connection.ts";
import type { LogLevel } from "../log/log-entry.ts";
import type { SessionInfo } from "./session-info.ts";

/** How a message is sent to the client. */
export interface SendOptions {
  /** Replaces the correlation id that the session finds by itself for answers. */
  readonly correlationId?: string;
  /** Side information in the envelope, for example `auth` or `rate_limit`. */
  readonly metadata?: JsonObject;
  /** Sends the message without an envelope, as some gateways send their shutdown notices. */
  readonly raw?: boolean;
}

/** One client connection, seen from the side of the MCP server. A handler may hold it for as long as it likes. */
export interface Session {
  readonly id: string;
  readonly info: SessionInfo;
  /** Sends one MCP message; its bytes are not touched and not checked. `false`: the client is behind, wait for `drained`. */
  send(payload: Buffer | string, options?: SendOptions): boolean;
  /** Sends a gateway error: an envelope with `error` and no payload. */
  sendFault(fault: GatewayFault, options?: { readonly correlationId?: string }): boolean;
  /**
   * Puts anything into one transport frame, unchecked and unwrapped. Over ws a string is a text frame, a Buffer a binary
   * one; over tcp both are data.
   */
  sendFrame(raw: string | Buffer, options?: FrameOptions): void;
  /** Writes bytes to the socket, below the transport's framing: for broken frames. */
  sendBytes(raw: Buffer): void;
  /** Stops reading from the client, so that it feels the server's slowness. */
  pause(): void;
  resume(): void;
  /**
   * Ends the session with a close frame; the handler is closed after it. Default: 1000. Over tcp the frame's text is
   * `CODE reason`, with 1000 the reason alone.
   */
  close(code?: number, reason?: string): void;
  /** Ends the session at once, without a close frame. */
  terminate(): void;
  /** Writes to the gateway's log under the session's name. */
  log(level: LogLevel, message: string, origin?: "stderr"): void;
}
