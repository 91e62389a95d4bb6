import { isUtf8 } from "node:buffer";
import { LineTail } from "./line-tail.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const MEBIBYTE = 1024 * 1024;

/** Small chunks in a row are merged, so that a sender of single bytes cannot make a long list of them. */
const MERGED_CHUNKS = 1024;

export interface LineReaderCallbacks {
  /** A line without its line break. It may be a view on the chunk it came in: the chunk must not be reused. */
  line(bytes: Buffer): void;
  /** A line over the limit has ended: its first and last bytes, and its whole length. */
  oversize(head: Buffer, length: number, tail: Buffer): void;
  /** What stood behind the last line break when the stream ended, unless it is over the limit or not UTF-8. */
  unfinished?(bytes: Buffer): void;
  /** A line that is not UTF-8; it goes no further. */
  invalid?(bytes: Buffer): void;
}

export interface LineReaderOptions {
  /** 10 MiB: what official clients and servers accept. */
  readonly maxLineBytes?: number | undefined;
  /** How much of the beginning of an oversize line is kept, to find an id in. */
  readonly headBytes?: number | undefined;
  /** How much of its end is kept: official clients write the id last. */
  readonly tailBytes?: number | undefined;
}

/** Cuts a byte stream into lines, wherever the chunks end; each byte is copied once at most. */
export class LineReader {
  readonly #callbacks: LineReaderCallbacks;
  readonly #maxLineBytes: number;
  readonly #headBytes: number;
  readonly #tailBytes: number;
  #pending: Buffer[] = [];
  /** The pending chunks from this one on have not been merged. */
  #unmerged = 0;
  /** Bytes of the unfinished line. */
  #length = 0;
  /** While an oversize line is being skipped. */
  #head: Buffer | undefined = undefined;
  #tail: LineTail | undefined = undefined;
  #atStart = true;

  constructor(callbacks: LineReaderCallbacks, options: LineReaderOptions = {}) {
    this.#callbacks = callbacks;
    this.#maxLineBytes = options.maxLineBytes ?? 10 * MEBIBYTE;
    this.#headBytes = options.headBytes ?? 64 * 1024;
    this.#tailBytes = options.tailBytes ?? 4 * 1024;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end < 0) break;
      const piece = start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end);
      if (this.#length === 0 && piece.length <= this.#maxLineBytes) this.#deliver(piece);
      else {
        this.#append(piece);
        this.#finish();
      }
      start = end + 1;
    }
    if (start < chunk.length) this.#append(start === 0 ? chunk : chunk.subarray(start));
  }

  /** The stream has ended: how many bytes stood behind the last line break. */
  end(): number {
    const length = this.#length;
    const rest = this.#head === undefined ? Buffer.concat(this.#pending, length) : undefined;
    this.#reset();
    if (rest !== undefined && !isBlank(rest) && isUtf8(rest)) this.#callbacks.unfinished?.(rest);
    return length;
  }

  #append(piece: Buffer): void {
    this.#length += piece.length;
    if (this.#tail !== undefined) {
      this.#tail.push(piece);
      return;
    }
    this.#pending.push(piece);
    if (this.#length > this.#maxLineBytes) this.#startSkipping();
    else if (this.#pending.length - this.#unmerged >= MERGED_CHUNKS) {
      const merged = Buffer.concat(this.#pending.splice(this.#unmerged));
      this.#pending.push(merged);
      this.#unmerged = this.#pending.length;
    }
  }

  #startSkipping(): void {
    const pending = this.#pending;
    this.#head = Buffer.concat(pending, Math.min(this.#length, this.#headBytes));
    this.#tail = new LineTail(this.#tailBytes);
    for (const piece of pending) this.#tail.push(piece);
    this.#pending = [];
    this.#unmerged = 0;
  }

  #finish(): void {
    const head = this.#head;
    const tail = this.#tail;
    const pending = this.#pending;
    const length = this.#length;
    this.#reset();
    if (head !== undefined && tail !== undefined) {
      this.#atStart = false;
      this.#callbacks.oversize(head, length, tail.take());
    } else this.#deliver(Buffer.concat(pending, length));
  }

  #reset(): void {
    this.#pending = [];
    this.#unmerged = 0;
    this.#length = 0;
    this.#head = undefined;
    this.#tail = undefined;
  }

  #deliver(line: Buffer): void {
    let start = 0;
    let end = line.length;
    if (this.#atStart) {
      this.#atStart = false;
      if (line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf) start = 3;
    }
    if (line[end - 1] === CARRIAGE_RETURN && end > start) end--;
    const bytes = start === 0 && end === line.length ? line : line.subarray(start, end);
    if (isBlank(bytes)) return;
    if (isUtf8(bytes)) this.#callbacks.line(bytes);
    else this.#callbacks.invalid?.(bytes);
  }
}

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) {
    if (byte !== 0x20 && byte !== 0x09 && byte !== CARRIAGE_RETURN) return false;
  }
  return true;
}
