import type { IncomingHttpHeaders } from "node:http";

/** How a raw frame is sent. */
export interface FrameOptions {
  /** Overrides the kind of frame: text for strings, binary for Buffers. */
  readonly binary?: boolean;
}

/** One accepted connection of any transport, which carries whole messages. It knows nothing of what is in them. */
export interface Connection {
  readonly transport: string;
  readonly remoteAddress: string;
  readonly headers: IncomingHttpHeaders;
  /** Sends one message. `false`: the peer is behind, `drain` follows. */
  send(message: Buffer): boolean;
  sendFrame(raw: string | Buffer, options?: FrameOptions): void;
  sendBytes(raw: Buffer): void;
  pause(): void;
  resume(): void;
  /** Says goodbye with a code and a reason, and ends anyway when the peer does not answer in time. */
  close(code: number, reason: string): void;
  terminate(): void;
}

/** What a connection reports. `closed` comes exactly once and last. */
export interface ConnectionEvents {
  message(bytes: Buffer): void;
  drain(): void;
  closed(code: number, reason: string): void;
}

/** Takes a new connection over and says who listens to it. */
export type AcceptConnection = (connection: Connection) => ConnectionEvents;
