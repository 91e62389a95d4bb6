import type { Writable } from "node:stream";

/** Joins everything written to a stream in one turn of the event loop into one system call. */
export class WriteBatch {
  readonly #stream: Writable;
  #open = false;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** Call before writing. The batch leaves when the running callback has returned. */
  begin(): void {
    if (this.#open) return;
    this.#open = true;
    this.#stream.cork();
    process.nextTick(this.#flush);
  }

  readonly #flush = (): void => {
    this.#open = false;
    this.#stream.uncork();
  };
}
