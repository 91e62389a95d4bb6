/** The head of a frame. */
export interface FrameHead {
  readonly type: number;
  readonly headLength: number;
  readonly payloadLength: number;
}

/** A whole frame. */
export interface ReadFrame {
  readonly type: number;
  readonly payload: Buffer;
}

/**
 * Reads a head from the beginning of these bytes, of which there is at least one; undefined when it is not complete. Throws
 * as soon as it is plain that it will never be one, and before anything is kept for a payload that is too long.
 */
export type ReadHead = (bytes: Buffer) => FrameHead | undefined;

/** Cuts a byte stream into frames. Parts of a long frame wait in a list and are joined once. */
export class FrameReader {
  readonly #readHead: ReadHead;
  #parts: Buffer[] = [];
  #length = 0;
  /** With fewer bytes there is nothing to be read. */
  #needed = 1;

  constructor(readHead: ReadHead) {
    this.#readHead = readHead;
  }

  /** Whether a part of a frame waits for the rest. */
  get unfinished(): boolean {
    return this.#length > 0;
  }

  *push(chunk: Buffer): Generator<ReadFrame> {
    this.#parts.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#needed) return;
    let bytes = Buffer.concat(this.#parts);
    this.#needed = 1;
    while (bytes.length > 0) {
      const head = this.#readHead(bytes);
      const length = head === undefined ? bytes.length + 1 : head.headLength + head.payloadLength;
      if (head === undefined || bytes.length < length) {
        this.#needed = length;
        break;
      }
      const frame = { type: head.type, payload: bytes.subarray(head.headLength, length) };
      bytes = bytes.subarray(length);
      this.#parts = [bytes];
      this.#length = bytes.length;
      yield frame;
    }
    this.#parts = bytes.length > 0 ? [bytes] : [];
    this.#length = bytes.length;
  }
}
