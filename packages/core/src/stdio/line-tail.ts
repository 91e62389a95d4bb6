/** Keeps the last bytes of a long line, in a ring: each byte is copied once, whatever the sizes of the pieces. */
export class LineTail {
  readonly #ring: Buffer;
  #next = 0;
  #length = 0;

  constructor(capacity: number) {
    this.#ring = Buffer.alloc(capacity);
  }

  push(piece: Buffer): void {
    const ring = this.#ring;
    const last = piece.length > ring.length ? piece.subarray(piece.length - ring.length) : piece;
    const before = last.copy(ring, this.#next);
    last.copy(ring, 0, before);
    this.#next = (this.#next + last.length) % (ring.length || 1);
    this.#length = Math.min(ring.length, this.#length + last.length);
  }

  /** A copy of what is kept, oldest first; forgets it. */
  take(): Buffer {
    const ring = this.#ring;
    const kept =
      this.#length < ring.length
        ? Buffer.from(ring.subarray(0, this.#length))
        : Buffer.concat([ring.subarray(this.#next), ring.subarray(0, this.#next)]);
    this.#next = 0;
    this.#length = 0;
    return kept;
  }
}
