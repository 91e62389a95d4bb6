import type { FrameCodec, FrameKind, FrameProblem } from "@mcp-router/core/plugin";
import { DelimitedReader } from "./delimited-reader.ts";
import { HeaderReader } from "./header-reader.ts";

/** One whole frame. */
export interface Frame {
  readonly kind: FrameKind;
  readonly payload: Buffer;
}

/** Where the stream stopped being one of frames. */
export interface FrameFault extends FrameProblem {
  /** The bytes are no frame at all, rather than one that breaks a rule or a limit. */
  readonly foreign: boolean;
  /** What a WebSocket would be closed with, where the session treats such an end in its own way. */
  readonly code?: number;
}

/** Cuts the bytes of one connection into frames. Nothing can be read behind a fault. */
export interface FrameReader {
  push(bytes: Buffer): void;
  /** The next whole frame, or what is wrong with it as soon as that shows; undefined until more has arrived. */
  next(): Frame | FrameFault | undefined;
  /** The first bytes that were not read, at most `count`. */
  peek(count: number): Buffer;
  /** Whether a frame has begun and is not whole. */
  readonly inside: boolean;
  /** The number of the frame that was read last or is being read, from 1, and the byte of the stream at which it begins. */
  readonly place: { readonly frame: number; readonly byte: number };
}

/** @param maxMessageBytes Bytes of one message; a larger one is a fault as soon as its header is there. */
export function createReader(codec: FrameCodec, maxMessageBytes: number): FrameReader {
  return "delimiter" in codec
    ? new DelimitedReader(codec.delimiter, maxMessageBytes)
    : new HeaderReader(codec, maxMessageBytes);
}
