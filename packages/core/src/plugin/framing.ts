import type { MessageKind } from "./message.ts";

/** Frames that carry no message. */
export type ControlFrame = "ping" | "pong" | "error" | "close";

/**
 * What a frame is. `echo` is a heartbeat in a layout whose ping and pong look alike; `opening` is the peer's part of
 * {@link HeaderCodec.opening}; `ignored` frames are known and mean nothing to a bridge.
 */
export type FrameKind = "message" | ControlFrame | "echo" | "opening" | "ignored";

/** The header of a frame, read. */
export interface FrameHeader {
  readonly kind: FrameKind;
  /** Bytes of the header itself. */
  readonly headerBytes: number;
  /** Bytes of payload behind it. */
  readonly payloadBytes: number;
}

/** Bytes that are no frame of this layout. The connection ends with it. */
export interface FrameProblem {
  /** In words that quote nothing of the peer; continues “the gateway sent …”. */
  readonly problem: string;
  readonly hint?: string;
  /** It is a frame, larger than the layout allows: what asked for it is not asked again. */
  readonly tooLarge?: true;
}

/** Frames whose header says how long they are. */
export interface HeaderCodec {
  /** Bytes of the longest header there is. */
  readonly longestHeader: number;
  /**
   * Reads the header at the start of `head`, which has at least one byte and at most {@link longestHeader}.
   *
   * @returns undefined when the header goes on behind the end of `head`.
   */
  readHeader(head: Buffer): FrameHeader | FrameProblem | undefined;
  /** The header of a frame with a message of so many bytes; undefined when it is too large for the layout. */
  messageHeader(payloadBytes: number, kind: MessageKind): Buffer | undefined;
  /** The header of a frame without a message; undefined when the layout has no such frame. */
  controlHeader(kind: ControlFrame | "echo", payloadBytes: number): Buffer | undefined;
  /** What both sides say before the first message, in layouts that negotiate. */
  readonly opening?: FrameOpening;
}

/** The router speaks first; no message leaves before the peer's answer was accepted. */
export interface FrameOpening {
  /** The whole frame. */
  readonly hello: Buffer;
  /** Reads the payload of the peer's `opening` frame; a problem ends the dial. */
  accept(payload: Buffer): FrameProblem | undefined;
}

/** Frames that end with one byte, which no message contains. They carry messages and nothing else. */
export interface DelimiterCodec {
  readonly delimiter: number;
}

/** How one connection cuts its stream of bytes into frames. It may keep state of that connection. */
export type FrameCodec = HeaderCodec | DelimiterCodec;
