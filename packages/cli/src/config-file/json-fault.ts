/** The first thing wrong with a JSON text, and where. */
export interface JsonFault {
  readonly offset: number;
  readonly reason: string;
}

const SPACE = /[ \t\r\n]*/y;
// oxlint-disable-next-line no-control-regex
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Finds the first syntax error or repeated key of a JSON text.
 *
 * @remarks `JSON.parse` silently takes the last of two equal keys, and says where an error is only sometimes.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  try {
    const scan = new Scan(text);
    scan.value();
    scan.end();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return { offset: error.offset, reason: error.message };
    if (error instanceof RangeError) return { offset: 0, reason: "it is nested too deeply" };
    throw error;
  }
}

class Fault extends Error {
  readonly offset: number;

  constructor(offset: number, reason: string) {
    super(reason);
    this.offset = offset;
  }
}

class Scan {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#take(SPACE);
  }

  end(): void {
    if (this.#at < this.#text.length) throw this.#unexpected("the end of the file");
  }

  value(): void {
    if (this.#skip("{")) this.#members();
    else if (this.#skip("[")) this.#items();
    else if (this.#take(STRING) === undefined && this.#take(SCALAR) === undefined) throw this.#unexpected("a value");
    this.#take(SPACE);
  }

  #members(): void {
    if (this.#skip("}")) return;
    const names = new Set<unknown>();
    do {
      const start = this.#at;
      const written = this.#take(STRING);
      if (written === undefined) throw this.#unexpected("a key in double quotes");
      const name: unknown = JSON.parse(written);
      if (names.has(name)) throw new Fault(start, `the key ${written} is there twice`);
      names.add(name);
      this.#take(SPACE);
      if (!this.#skip(":")) throw this.#unexpected('":"');
      this.value();
    } while (this.#skip(","));
    if (!this.#skip("}")) throw this.#unexpected('"," or "}"');
  }

  #items(): void {
    if (this.#skip("]")) return;
    do this.value();
    while (this.#skip(","));
    if (!this.#skip("]")) throw this.#unexpected('"," or "]"');
  }

  #skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    this.#take(SPACE);
    return true;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #unexpected(expected: string): Fault {
    const character = this.#text[this.#at];
    const found = character === undefined ? "the end of the file" : JSON.stringify(character);
    return new Fault(this.#at, `expected ${expected}, found ${found}`);
  }
}
