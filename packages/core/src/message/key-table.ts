const BACKSLASH = 0x5c;

/** Finds out which of the keys it looks for a member has. */
export interface KeyFinder {
  /** The key's number, -1 when it is none of them. `start` and `end` are the bytes between the quotes. */
  find(bytes: Buffer, start: number, end: number, escaped: boolean): number;
}

const LONGEST = 64;
const unescaped = Buffer.alloc(LONGEST);

interface Candidate {
  readonly number: number;
  readonly key: Buffer;
}

const NONE: readonly Candidate[] = [];

/** A handful of ASCII keys, numbered in the order given. Keys are compared after unescaping: `"\u0069d"` is `id`. */
export class KeyTable implements KeyFinder {
  /** The keys of each length: most foreign keys are told apart by that alone. */
  readonly #byLength: readonly (readonly Candidate[])[];

  constructor(...keys: readonly string[]) {
    const candidates = keys.map((key, number) => ({ number, key: Buffer.from(key, "latin1") }));
    this.#byLength = Array.from({ length: LONGEST + 1 }, (_, length) => {
      const ofLength = candidates.filter(({ key }) => key.length === length);
      return ofLength.length === 0 ? NONE : ofLength;
    });
  }

  find(bytes: Buffer, start: number, end: number, escaped: boolean): number {
    if (!escaped) return this.#numberOf(bytes, start, end);
    const length = unescapeAscii(bytes, start, end);
    return length < 0 ? -1 : this.#numberOf(unescaped, 0, length);
  }

  #numberOf(bytes: Buffer, start: number, end: number): number {
    const length = end - start;
    if (length > LONGEST) return -1;
    const candidates = this.#byLength[length] ?? NONE;
    for (let index = 0; index < candidates.length; index++) {
      const candidate = candidates[index];
      if (candidate !== undefined && startsAt(bytes, start, candidate.key)) return candidate.number;
    }
    return -1;
  }
}

function startsAt(bytes: Buffer, start: number, key: Buffer): boolean {
  for (let index = 0; index < key.length; index++) {
    if (bytes[start + index] !== key[index]) return false;
  }
  return true;
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
        byte = hexDigits(bytes, at);
        at += 4;
      } else if (escape === 0x22 || escape === BACKSLASH || escape === 0x2f) byte = escape;
      else byte = 0; // \b \f \n \r \t: in no key of ours
    }
    if (byte >= 0x80) return -1;
    unescaped[length] = byte;
  }
  return length;
}

function hexDigits(bytes: Buffer, at: number): number {
  let value = 0;
  for (let index = at; index < at + 4; index++) {
    const digit = bytes[index] ?? 0;
    value = value * 16 + (digit <= 0x39 ? digit - 0x30 : (digit | 0x20) - 0x57);
  }
  return value;
}
