import type { IncomingHttpHeaders } from "node:http";

import type { MessageRole } from "../framing/framing.ts";
import type { Pace } from "./pace.ts";

/** How a raw frame is sent. */
export interface FrameOptions {
  /** Overrides the kind of frame: text for strings, binary for Buffers. */
  readonly binary?: boolean;
}

/** What a transport may want to know of a message. */
export interface SentMessage {
  readonly role: MessageRole;
  /** Called when its last byte has left. */
  readonly taken?: () => void;
}

/** One accepted connection of any transport, which carries whole messages. It knows nothing of what is in them. */
export interface Connection {
  readonly transport: string;
  readonly remoteAddress: string;
  readonly headers: IncomingHttpHeaders;
  /** Sends one message. `false`: the peer is behind, `drain` follows. */
  send(message: Buffer, sent: SentMessage): boolean;
  sendFrame(raw: string | Buffer, options?: FrameOptions): void;
  sendBytes(raw: Buffer): void;
  pause(): void;
  resume(): void;
  /** Stops all traffic below the framing: nothing is read, written or answered, and the connection stays up. */
  stall(): void;
  release(): void;
  /** Lets bytes leave slowly until the returned function is called. */
  slowDown(pace: Pace): () => void;
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
