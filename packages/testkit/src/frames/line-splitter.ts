import { ByteQueue } from "./byte-queue.ts";
import type { Portion, StreamSplitter } from "./frame-splitter.ts";
import type { TcpFrame } from "./tcp-frames.ts";

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Finds lines; the line break, LF or CR LF, is no part of the payload. */
export class LineSplitter implements StreamSplitter<TcpFrame> {
  readonly #maxFrameBytes: number;
  readonly #queue = new ByteQueue();
  /** The line has become too long: what there is of it, and what still comes, passes. */
  #isPassing = false;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  push(bytes: Buffer): readonly Portion<TcpFrame>[] {
    const portions: Portion<TcpFrame>[] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      this.#queue.push(bytes.subarray(start, end + 1));
      portions.push(this.#line());
      start = end + 1;
    }
    this.#queue.push(bytes.subarray(start));
    if (this.#isPassing || this.#queue.length > this.#maxFrameBytes) {
      this.#isPassing = true;
      const rest = this.rest();
      if (rest.length > 0) portions.push({ bytes: rest });
    }
    return portions;
  }

  rest(): Buffer {
    return this.#queue.take(this.#queue.length);
  }

  #line(): Portion<TcpFrame> {
    const bytes = this.rest();
    const isWhole = !this.#isPassing && bytes.length <= this.#maxFrameBytes;
    this.#isPassing = false;
    if (!isWhole) return { bytes };
    return { bytes, frame: { type: 0, payload: bytes.subarray(0, bytes.at(-2) === RETURN ? -2 : -1), bytes } };
  }
}
