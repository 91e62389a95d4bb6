export interface BackoffOptions {
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
  readonly multiplier: number;
  /** 0 waits the full delay, 1 anything between nothing and the full delay. */
  readonly jitter: number;
}

/** Keeps the power finite: 0 times infinity would be no delay that can be waited for. */
const LARGEST_EXPONENT = 64;

/** How long to wait before the next dial: exponentially with jitter up to a cap, and not at all after the first loss. */
export class Backoff {
  readonly #options: BackoffOptions;
  readonly #random: () => number;
  #waits = 0;
  #triedAtOnce = false;

  constructor(options: BackoffOptions, random: () => number = Math.random) {
    this.#options = options;
    this.#random = random;
  }

  /** Milliseconds to wait after a dial that failed. */
  afterFailure(): number {
    const { initialDelayMs, maxDelayMs, multiplier, jitter } = this.#options;
    const full = Math.min(maxDelayMs, initialDelayMs * multiplier ** Math.min(this.#waits, LARGEST_EXPONENT));
    this.#waits++;
    return full * (1 - jitter * this.#random());
  }

  /** Milliseconds to wait after an open connection was lost. Only once is it nothing, so that a flapping gateway is spared. */
  afterLoss(): number {
    if (this.#triedAtOnce || this.#waits > 0) return this.afterFailure();
    this.#triedAtOnce = true;
    return 0;
  }

  /** The connection was stable: what went before counts no more. */
  reset(): void {
    this.#waits = 0;
    this.#triedAtOnce = false;
  }
}
