/** Bytes in the order in which they arrived, taken in portions of any length. */
export class ByteQueue {
  #chunks: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#length += bytes.length;
  }

  /** The first bytes, at most so many, which stay in the queue. */
  peek(length: number): Buffer {
    const [first] = this.#chunks;
    if (first !== undefined && first.length >= length) return first.subarray(0, length);
    const parts: Buffer[] = [];
    let missing = length;
    for (const chunk of this.#chunks) {
      if (missing <= 0) break;
      parts.push(chunk.subarray(0, missing));
      missing -= chunk.length;
    }
    return Buffer.concat(parts);
  }

  /** Takes the first bytes off, at most so many. */
  take(length: number): Buffer {
    if (length >= this.#length) {
      const all = this.#chunks.length === 1 ? (this.#chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#chunks);
      this.#chunks = [];
      this.#length = 0;
      return all;
    }
    const taken = this.peek(length);
    let passed = taken.length;
    let whole = 0;
    for (const chunk of this.#chunks) {
      if (chunk.length > passed) break;
      passed -= chunk.length;
      whole++;
    }
    this.#chunks.splice(0, whole);
    const [first] = this.#chunks;
    if (first !== undefined && passed > 0) this.#chunks[0] = first.subarray(passed);
    this.#length -= taken.length;
    return taken;
  }
}
