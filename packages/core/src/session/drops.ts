import type { Counter } from "../plugin/metrics.ts";

/** Counts what was not passed on, by where it came from and why. */
export class Drops {
  readonly #counter: Counter;

  constructor(counter: Counter) {
    this.#counter = counter;
  }

  count(from: "stdin" | "gateway", reason: string): void {
    this.#counter.add(1, { from, reason });
  }
}
