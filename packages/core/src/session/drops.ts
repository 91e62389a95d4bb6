import type { Logger } from "../plugin/logger.ts";
import type { Counter } from "../plugin/metrics.ts";

/** Counts what was not passed on, by where it came from and why, and says so to those who debug. */
export class Drops {
  readonly #counter: Counter;

  readonly #log: Logger;

  constructor(counter: Counter, log: Logger) {
    this.#counter = counter;
    this.#log = log;
  }

  count(from: "stdin" | "gateway", reason: string): void {
    this.#counter.add(1, { from, reason });
    this.#log.debug({ from, reason }, "a message was not passed on");
  }
}
