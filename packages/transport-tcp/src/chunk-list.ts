/** A chunk below this many bytes is copied instead of kept: a peer that drips would fill the memory with the shells of chunks. */
const SMALL_BYTES = 512;
/** Bytes of the blocks that small chunks are copied into. */
const BLOCK_BYTES = 16 * 1024;

/** Bytes that have arrived in chunks and are taken in pieces, copied only where a piece spans chunks. */
export class ChunkList {
  readonly #chunks: Buffer[] = [];
  /** Bytes of the first chunk that were taken. */
  #taken = 0;
  #length = 0;
  /** What the last chunk is the beginning of, when it is a block of ours. */
  #block: Buffer | undefined;

  get length(): number {
    return this.#length;
  }

  push(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const last = this.#chunks.at(-1);
    this.#length += bytes.length;
    if (last === undefined || bytes.length >= SMALL_BYTES) {
      this.#chunks.push(bytes);
      this.#block = undefined;
      return;
    }
    if (this.#block !== undefined && last.length + bytes.length <= BLOCK_BYTES) {
      bytes.copy(this.#block, last.length);
      this.#chunks[this.#chunks.length - 1] = this.#block.subarray(0, last.length + bytes.length);
      return;
    }
    this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    bytes.copy(this.#block);
    this.#chunks.push(this.#block.subarray(0, bytes.length));
  }

  /** The first bytes, at most `count`, without taking them. */
  peek(count: number): Buffer {
    const [first] = this.#chunks;
    if (first === undefined) return Buffer.alloc(0);
    const end = this.#taken + count;
    if (end <= first.length || this.#chunks.length === 1) return first.subarray(this.#taken, end);
    return this.#copy(Math.min(count, this.#length));
  }

  /** Takes `count` bytes, which must be there. */
  take(count: number): Buffer {
    const [first] = this.#chunks;
    const end = this.#taken + count;
    const piece = first !== undefined && end <= first.length ? first.subarray(this.#taken, end) : this.#copy(count);
    this.skip(count);
    return piece;
  }

  /** Takes `count` bytes, which must be there, and gives them to nobody. */
  skip(count: number): void {
    this.#length -= count;
    let end = this.#taken + count;
    let finished = 0;
    for (const chunk of this.#chunks) {
      if (end < chunk.length) break;
      end -= chunk.length;
      finished++;
    }
    this.#taken = end;
    if (finished > 0) this.#chunks.splice(0, finished);
    if (this.#chunks.length === 0) this.#block = undefined;
  }

  /** Where `byte` stands first, at `from` or behind it; -1 when nowhere. Cheap when `from` is near the end. */
  indexOf(byte: number, from: number): number {
    let index = this.#chunks.length;
    // Bytes before chunk `index`.
    let before = this.#length + this.#taken;
    const start = from + this.#taken;
    while (index > 0 && before > start) before -= this.#chunks[--index]?.length ?? 0;
    for (; index < this.#chunks.length; index++) {
      const chunk = this.#chunks[index];
      if (chunk === undefined) break;
      const found = chunk.indexOf(byte, Math.max(start - before, 0));
      if (found >= 0) return before + found - this.#taken;
      before += chunk.length;
    }
    return -1;
  }

  #copy(count: number): Buffer {
    const copy = Buffer.allocUnsafe(count);
    let at = 0;
    let start = this.#taken;
    for (const chunk of this.#chunks) {
      at += chunk.copy(copy, at, start);
      if (at === count) break;
      start = 0;
    }
    return copy;
  }
}
