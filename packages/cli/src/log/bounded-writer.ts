import type { Writable } from "node:stream";

// A few thousand records: enough for a burst, and nothing for a process that nobody listens to for days.
const MOST_BUFFERED_BYTES = 1024 * 1024;

/** Writes text to a stream that may not be read, or be gone: never waits, never throws, never holds more than 1 MiB. */
export class BoundedWriter {
  readonly #stream: Writable;
  #gone = false;
  #dropped = 0;

  constructor(stream: Writable) {
    this.#stream = stream;
    // EPIPE and the like: whoever read has gone, which is no reason to end.
    stream.on("error", () => {
      this.#gone = true;
    });
  }

  /** How many texts were dropped since the last call. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** Whether the text was taken. */
  write(text: string): boolean {
    if (this.#gone || this.#stream.destroyed || this.#stream.writableLength > MOST_BUFFERED_BYTES) {
      this.#dropped += 1;
      return false;
    }
    this.#stream.write(text);
    return true;
  }

  /** Settles when everything written so far has left, or can never leave. */
  async flush(): Promise<void> {
    if (this.#gone || this.#stream.destroyed || this.#stream.writableLength === 0) return;
    await new Promise<void>((resolve) => {
      this.#stream.once("error", () => resolve());
      this.#stream.write("", () => resolve());
    });
  }
}
