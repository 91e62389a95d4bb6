const BACKSLASH = 0x5c;

/** Finds out which of the keys it looks for a member has. */
export interface KeyFinder {
  /** The key's number, -1 when it is none of them. `start` and `end` are the bytes between the quotes. */
  find(bytes: Buffer, start: number, end: number, escaped: boolean): number;
}

const LONGEST = 64;
const unescaped = Buffer.alloc(LONGEST);

/** A handful of ASCII keys, numbered in the order given. Keys are compared after unescaping: `"\u0069d"` is `id`. */
export class KeyTable implements KeyFinder {
  readonly #keys: readonly Buffer[];

  constructor(...keys: readonly string[]) {
    this.#keys = keys.map((key) => Buffer.from(key, "latin1"));
  }

  find(bytes: Buffer, start: number, end: number, escaped: boolean): number {
    if (!escaped) return this.#indexOf(bytes, start, end);
    const length = unescapeAscii(bytes, start, end);
    return length < 0 ? -1 : this.#indexOf(unescaped, 0, length);
  }

  #indexOf(bytes: Buffer, start: number, end: number): number {
    const length = end - start;
    const keys = this.#keys;
    search: for (let number = 0; number < keys.length; number++) {
      const key = keys[number];
      if (key === undefined || key.length !== length) continue;
      for (let index = 0; index < length; index++) {
        if (bytes[start + index] !== key[index]) continue search;
      }
      return number;
    }
    return -1;
  }
}

/** Unescapes a valid key into the scratch buffer; its length, or -1 when it is too long or not ASCII to be one of ours. */
function unescapeAscii(bytes: Buffer, start: number, end: number): number {
  let length = 0;
  for (let at = start; at < end; length++) {
    if (length === LONGEST) return -1;
    let byte = bytes[at++] ?? 0;
    if (byte === BACKSLASH) {
      const escape = bytes[at++] ?? 0;
      if (escape === 0x75) {
        byte = Number.parseInt(bytes.toString("latin1", at, at + 4), 16);
        at += 4;
      } else if (escape === 0x22 || escape === BACKSLASH || escape === 0x2f) byte = escape;
      else byte = 0; // \b \f \n \r \t: in no key of ours
    }
    if (byte >= 0x80) return -1;
    unescaped[length] = byte;
  }
  return length;
}
