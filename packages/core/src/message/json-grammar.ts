/** Containers open at once, the root included. */
export const MAX_DEPTH = 128;

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
const BACKSLASH = 0x5c;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

const TRUE = Buffer.from("true");
const FALSE = Buffer.from("false");
const NULL = Buffer.from("null");

/** 1 for the bytes that end a run of plain string bytes: quote, backslash, control characters. */
const ENDS_RUN = new Uint8Array(256).fill(1, 0, 0x20);
ENDS_RUN[QUOTE] = 1;
ENDS_RUN[BACKSLASH] = 1;

/** 1 for what may follow a backslash, apart from `u`. */
const SHORT_ESCAPE = new Uint8Array(256);
for (const byte of Buffer.from('"\\/bfnrt')) SHORT_ESCAPE[byte] = 1;

/** A string that went on for so long without an end is worth reading by the word. */
const LONG_RUN = 64;

/** Which container each level of the value in work is. Shared: scanning never yields and never nests. */
const closers = new Uint8Array(MAX_DEPTH + 1);

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;
const isHexDigit = (byte: number) => isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);

/**
 * The JSON grammar (RFC 8259) over a stretch of bytes. Each method takes the offset where its token begins and returns the
 * offset behind it, or -1 after noting the fault. Nothing is decoded and nothing allocated; time is linear in the bytes.
 * UTF-8 is not checked here.
 */
export class JsonGrammar {
  readonly bytes: Buffer;
  readonly end: number;
  /** A raw line feed or carriage return stood between tokens since this was last cleared. */
  lineBreaks = false;
  /** The string read last holds an escape. */
  escaped = false;
  /** The fault was the depth cap, not the grammar. */
  tooDeep = false;
  /** Where the fault is, -1 while there is none. */
  faultAt = -1;
  /** The memory under `bytes` as words, made for the first long string. */
  #words: Int32Array | undefined = undefined;

  constructor(bytes: Buffer, end: number) {
    this.bytes = bytes;
    this.end = end;
  }

  fault(at: number): number {
    this.faultAt = at;
    return -1;
  }

  faultTooDeep(at: number): number {
    this.tooDeep = true;
    return this.fault(at);
  }

  /** The byte at `at`, -1 past the end. */
  peek(at: number): number {
    return at < this.end ? (this.bytes[at] ?? -1) : -1;
  }

  /** Skips white space; never fails. */
  space(at: number): number {
    const { bytes, end } = this;
    while (at < end) {
      const byte = bytes[at] ?? 0;
      if (byte > 0x20) break;
      if (byte === LINE_FEED || byte === CARRIAGE_RETURN) this.lineBreaks = true;
      else if (byte !== 0x20 && byte !== 0x09) break;
      at++;
    }
    return at;
  }

  string(at: number): number {
    const { bytes, end } = this;
    let escaped = false;
    let here = at + 1;
    for (;;) {
      const near = here + LONG_RUN < end ? here + LONG_RUN : end;
      while (here < near && ENDS_RUN[bytes[here] ?? 0] === 0) here++;
      if (here === near && near < end) {
        here = this.#longRun(here);
        while (here < end && ENDS_RUN[bytes[here] ?? 0] === 0) here++;
      }
      if (here >= end) return this.fault(end);
      const byte = bytes[here];
      if (byte === QUOTE) {
        this.escaped = escaped;
        return here + 1;
      }
      if (byte !== BACKSLASH) return this.fault(here);
      escaped = true;
      const next = here + 1 < end ? (bytes[here + 1] ?? 0) : 0;
      if (SHORT_ESCAPE[next] === 1) here += 2;
      else if (next === 0x75 && this.#fourHexDigits(here + 2)) here += 6;
      else return this.fault(here);
    }
  }

  /** Any value; `depth` is the number of containers open around it. */
  value(at: number, depth: number): number {
    const { bytes, end } = this;
    let here = at;
    let open = 0;
    for (;;) {
      const first = here < end ? (bytes[here] ?? -1) : -1;
      if (first === QUOTE) {
        here = this.string(here);
        if (here < 0) return here;
      } else if (first === OPEN_BRACE || first === OPEN_BRACKET) {
        if (depth + open >= MAX_DEPTH) return this.faultTooDeep(here);
        const closer = first + 2;
        here = this.space(here + 1);
        if (this.peek(here) === closer) here++;
        else {
          closers[open++] = closer;
          if (first === OPEN_BRACE) here = this.#key(here);
          if (here < 0) return here;
          continue;
        }
      } else {
        here = this.#scalar(here, first);
        if (here < 0) return here;
      }
      // A value has ended: close what ends with it, up to the comma that announces the next one.
      for (;;) {
        if (open === 0) return here;
        const closer = closers[open - 1];
        let byte = here < end ? bytes[here] : -1;
        if (byte !== COMMA && byte !== closer) {
          here = this.space(here);
          byte = this.peek(here);
        }
        if (byte === COMMA) {
          here = this.space(here + 1);
          if (closer === CLOSE_BRACE) here = this.#key(here);
          if (here < 0) return here;
          break;
        }
        if (byte !== closer) return this.fault(here);
        here++;
        open--;
      }
    }
  }

  /**
   * Skips string bytes eight at a time (twice as fast as one by one); stops at or before the first that ends the run.
   * `(x - 0x01…) & ~x & 0x80…` has a bit set when a byte of the word `x` is zero, and only then; less 0x20… instead, when one
   * is below 0x20.
   */
  #longRun(at: number): number {
    const { bytes, end } = this;
    let here = at;
    while (((bytes.byteOffset + here) & 3) !== 0) {
      if (here >= end || ENDS_RUN[bytes[here] ?? 0] === 1) return here;
      here++;
    }
    const words = (this.#words ??= new Int32Array(bytes.buffer, 0, bytes.buffer.byteLength >> 2));
    const first = (bytes.byteOffset + here) >> 2;
    const last = ((bytes.byteOffset + end) >> 2) - 1;
    let word = first;
    for (; word < last; word += 2) {
      const one = words[word] ?? 0;
      const two = words[word + 1] ?? 0;
      const oneQuote = one ^ 0x22222222;
      const twoQuote = two ^ 0x22222222;
      const oneSlash = one ^ 0x5c5c5c5c;
      const twoSlash = two ^ 0x5c5c5c5c;
      const ends =
        ((one - 0x20202020) & ~one) |
        ((two - 0x20202020) & ~two) |
        ((oneQuote - 0x01010101) & ~oneQuote) |
        ((twoQuote - 0x01010101) & ~twoQuote) |
        ((oneSlash - 0x01010101) & ~oneSlash) |
        ((twoSlash - 0x01010101) & ~twoSlash);
      if ((ends & 0x80808080) !== 0) break;
    }
    return here + (word - first) * 4;
  }

  /** A key, its colon, and the white space around it. */
  #key(at: number): number {
    if (this.peek(at) !== QUOTE) return this.fault(at);
    const keyEnd = this.string(at);
    if (keyEnd < 0) return keyEnd;
    const colon = this.space(keyEnd);
    if (this.peek(colon) !== COLON) return this.fault(colon);
    return this.space(colon + 1);
  }

  #scalar(at: number, first: number): number {
    if (first === 0x74) return this.#literal(at, TRUE);
    if (first === 0x66) return this.#literal(at, FALSE);
    if (first === 0x6e) return this.#literal(at, NULL);
    return this.#number(at);
  }

  #literal(at: number, word: Buffer): number {
    for (let index = 0; index < word.length; index++) {
      if (this.peek(at + index) !== word[index]) return this.fault(at + index);
    }
    return at + word.length;
  }

  #number(at: number): number {
    const { bytes, end } = this;
    let here = at < end && bytes[at] === MINUS ? at + 1 : at;
    if (here < end && bytes[here] === 0x30) here++;
    else here = this.#digits(here);
    if (here < 0 || here >= end) return here;
    if (bytes[here] === DOT) here = this.#digits(here + 1);
    if (here < 0 || here >= end || ((bytes[here] ?? 0) | 0x20) !== 0x65) return here;
    const sign = this.peek(here + 1);
    return this.#digits(sign === PLUS || sign === MINUS ? here + 2 : here + 1);
  }

  #digits(at: number): number {
    const { bytes, end } = this;
    let here = at;
    while (here < end && isDigit(bytes[here] ?? 0)) here++;
    return here === at ? this.fault(here) : here;
  }

  #fourHexDigits(at: number): boolean {
    return (
      at + 4 <= this.end &&
      isHexDigit(this.bytes[at] ?? 0) &&
      isHexDigit(this.bytes[at + 1] ?? 0) &&
      isHexDigit(this.bytes[at + 2] ?? 0) &&
      isHexDigit(this.bytes[at + 3] ?? 0)
    );
  }
}
