import { ByteQueue } from "./byte-queue.ts";
import type { Frame } from "./frame.ts";
import type { FrameSplitter, Portion, StreamSplitter } from "./frame-splitter.ts";
import { LineSplitter } from "./line-splitter.ts";
import { LONGEST_TCP_HEAD, readTcpHead, type TcpLayout } from "./tcp-head.ts";

/** One frame of a TCP gateway. */
export interface TcpFrame extends Frame {
  /**
   * As on the wire. `guide` and `typed`: 0 untyped data, 1 data, 2 ping, 3 pong, 4 error, 5 close. `mcpb`: 1 request,
   * 2 response, 3 control, 4 health check, 5 error, 6 negotiation, 7 agreement. `lines`: always 0.
   */
  readonly type: number;
}

export interface TcpFramesOptions {
  /** Layout of the frames. `guide` and `typed` are one: every frame says which it is. */
  readonly framing: "guide" | "typed" | "mcpb" | "mcpb-padded" | "lines";
  /** Longest frame in bytes that is gathered. A longer one passes unseen, in the pieces in which it comes. Default 64 MiB. */
  readonly maxFrameBytes?: number;
}

const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** The frames of framed TCP. What is none, from there to the end of the stream, passes as it comes. */
export function tcpFrames(options: TcpFramesOptions): FrameSplitter<TcpFrame> {
  const { framing, maxFrameBytes = MAX_FRAME_BYTES } = options;
  if (framing === "lines") return () => new LineSplitter(maxFrameBytes);
  return () => new TcpSplitter(framing, maxFrameBytes);
}

class TcpSplitter implements StreamSplitter<TcpFrame> {
  readonly #layout: TcpLayout;
  readonly #maxFrameBytes: number;
  readonly #queue = new ByteQueue();
  #isLost = false;
  /** How much of a frame that is too long has still to come. */
  #passing = 0;

  constructor(layout: TcpLayout, maxFrameBytes: number) {
    this.#layout = layout;
    this.#maxFrameBytes = maxFrameBytes;
  }

  push(bytes: Buffer): readonly Portion<TcpFrame>[] {
    this.#queue.push(bytes);
    const portions: Portion<TcpFrame>[] = [];
    for (let portion = this.#next(); portion !== undefined; portion = this.#next()) portions.push(portion);
    return portions;
  }

  rest(): Buffer {
    return this.#queue.take(this.#queue.length);
  }

  #next(): Portion<TcpFrame> | undefined {
    if (this.#queue.length === 0) return undefined;
    if (this.#isLost) return { bytes: this.rest() };
    if (this.#passing > 0) return this.#pass(0);
    const head = readTcpHead(this.#layout, this.#queue.peek(LONGEST_TCP_HEAD));
    if (head === "incomplete") return undefined;
    if (head === "no frame") {
      this.#isLost = true;
      return { bytes: this.rest() };
    }
    const length = head.headLength + head.payloadLength;
    if (length > this.#maxFrameBytes) return this.#pass(length);
    if (this.#queue.length < length) return undefined;
    const bytes = this.#queue.take(length);
    return { bytes, frame: { type: head.type, payload: bytes.subarray(head.headLength), bytes } };
  }

  #pass(more: number): Portion<TcpFrame> {
    this.#passing += more;
    const bytes = this.#queue.take(this.#passing);
    this.#passing -= bytes.length;
    return { bytes };
  }
}
