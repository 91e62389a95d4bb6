const NEWLINE = 0x0a;

/** Where the parts of a byte stream go. */
export interface LineReceiver {
  /** One line without its line break. */
  line(bytes: Buffer): void;
  /** A line grew beyond the limit and is skipped up to its end. Called once for it. */
  tooLong(): void;
}

/** Cuts a byte stream into lines. Parts of a long line wait in a list and are joined once. */
export class LineSplitter {
  readonly #limit: number;
  readonly #receiver: LineReceiver;
  #parts: Buffer[] = [];
  #length = 0;
  #skipping = false;

  constructor(limit: number, receiver: LineReceiver) {
    this.#limit = limit;
    this.#receiver = receiver;
  }

  /** Whether the bytes so far end in the middle of a line. */
  get unfinished(): boolean {
    return this.#length > 0;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end));
      this.#deliver();
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
  }

  /** The stream has ended: what is left is a line too. */
  end(): void {
    if (this.#length > 0) this.#deliver();
  }

  #keep(part: Buffer): void {
    if (this.#skipping || part.length === 0) return;
    this.#length += part.length;
    if (this.#length <= this.#limit) {
      this.#parts.push(part);
      return;
    }
    this.#skipping = true;
    this.#parts = [];
    this.#receiver.tooLong();
  }

  #deliver(): void {
    const [first] = this.#parts;
    const line = this.#parts.length === 1 && first !== undefined ? first : Buffer.concat(this.#parts);
    const skipped = this.#skipping;
    this.#parts = [];
    this.#length = 0;
    this.#skipping = false;
    if (skipped) return;
    // Windows programs end lines with CR LF; JSON does not mind, but a log does.
    this.#receiver.line(line.at(-1) === 0x0d ? line.subarray(0, -1) : line);
  }
}
