export interface BackoffOptions {
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
  readonly multiplier: number;
  /** 0 waits the full delay, 1 anything between nothing and the full delay. */
  readonly jitter: number;
}

/** How long to wait before the next dial: not at all the first time, then exponentially with jitter up to a cap. */
export class Backoff {
  readonly #options: BackoffOptions;
  readonly #random: () => number;
  #failures = 0;

  constructor(options: BackoffOptions, random: () => number = Math.random) {
    this.#options = options;
    this.#random = random;
  }

  get failures(): number {
    return this.#failures;
  }

  /** Milliseconds to wait now; counts as a failure. */
  next(): number {
    const { initialDelayMs, maxDelayMs, multiplier, jitter } = this.#options;
    const full = Math.min(maxDelayMs, initialDelayMs * multiplier ** this.#failures);
    this.#failures++;
    return full * (1 - jitter * this.#random());
  }

  reset(): void {
    this.#failures = 0;
  }
}
