import { inspect } from "node:util";

/**
 * A value that never prints itself. String conversion, JSON, `console.log` and `util.inspect` all give `[redacted]`; only
 * {@link Secret.reveal} gives the text.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The secret text. Call it where the bytes leave the process, and nowhere else. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return "[redacted]";
  }

  toJSON(): string {
    return "[redacted]";
  }

  [inspect.custom](): string {
    return "[redacted]";
  }
}
