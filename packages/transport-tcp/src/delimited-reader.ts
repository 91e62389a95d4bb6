import { ChunkList } from "./chunk-list.ts";
import type { Frame, FrameFault, FrameReader } from "./frame-reader.ts";
import { tooLarge } from "./too-large.ts";

/** What JSON can begin with where a message is expected: white space, an object, a batch. */
const BEGINS_JSON: ReadonlySet<number | undefined> = new Set([0x09, 0x0a, 0x0d, 0x20, 0x5b, 0x7b]);

/** Reads messages that end with one byte. What is blank between two of them is skipped. */
export class DelimitedReader implements FrameReader {
  readonly #delimiter: number;
  readonly #maxMessageBytes: number;
  readonly #chunks = new ChunkList();
  /** Bytes at the front that hold no delimiter. */
  #searched = 0;
  #fault: FrameFault | undefined;
  #frame = 0;
  #begin = 0;
  #end = 0;

  constructor(delimiter: number, maxMessageBytes: number) {
    this.#delimiter = delimiter;
    this.#maxMessageBytes = maxMessageBytes;
  }

  get inside(): boolean {
    return this.#chunks.length > 0;
  }

  get place(): { readonly frame: number; readonly byte: number } {
    return { frame: this.#frame, byte: this.#begin };
  }

  push(bytes: Buffer): void {
    this.#chunks.push(bytes);
  }

  peek(count: number): Buffer {
    return this.#chunks.peek(count);
  }

  next(): Frame | FrameFault | undefined {
    while (this.#fault === undefined && this.#chunks.length > 0) {
      const found = this.#chunks.indexOf(this.#delimiter, this.#searched);
      const length = found < 0 ? this.#chunks.length : found;
      this.#begin = this.#end;
      this.#fault = this.#faultOf(length, found >= 0);
      if (this.#fault !== undefined) break;
      if (found < 0) {
        this.#searched = length;
        return undefined;
      }
      const payload = this.#chunks.take(length);
      this.#chunks.skip(1);
      this.#searched = 0;
      this.#end += length + 1;
      if (isBlank(payload)) continue;
      this.#frame++;
      return { kind: "message", payload };
    }
    return this.#fault;
  }

  #faultOf(length: number, whole: boolean): FrameFault | undefined {
    const [first] = this.#chunks.peek(1);
    if (this.#frame === 0 && first !== this.#delimiter && !BEGINS_JSON.has(first)) {
      this.#frame = 1;
      return { problem: "something that is no JSON", foreign: true };
    }
    if (length <= this.#maxMessageBytes) return undefined;
    this.#frame++;
    return tooLarge(`a message of ${whole ? "" : "at least "}${length} bytes`, this.#maxMessageBytes);
  }
}

function isBlank(payload: Buffer): boolean {
  return payload.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);
}
