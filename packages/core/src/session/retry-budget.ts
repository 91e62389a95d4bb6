import type { Clock } from "../clock.ts";

/** What a request that succeeds gives back. */
const PER_SUCCESS = 0.1;
/** What time gives back, so that a session with little traffic need not earn every resend. */
const PER_SECOND = 1;

/**
 * Bounds what is sent again to a tenth of what succeeds and one a second, so that a gateway in trouble is not buried under
 * repetitions (the token bucket of gRPC, proposal A6). A resend takes a token and needs more than half of them to be left.
 *
 * While a connection lasts, tokens may be earned beyond the configured number: a single loss then has room for what was in
 * flight at a busy moment. Every loss takes the surplus away.
 */
export class RetryBudget {
  readonly #size: number;
  readonly #clock: Clock;
  #tokens: number;
  #filledAt: number;

  /** @param size Tokens to begin with; 0 never lets anything be sent again. */
  constructor(size: number, clock: Clock) {
    this.#size = size;
    this.#clock = clock;
    this.#tokens = size;
    this.#filledAt = clock.now();
  }

  get tokens(): number {
    this.#fill();
    return this.#tokens;
  }

  succeeded(): void {
    if (this.#size > 0) this.#tokens += PER_SUCCESS;
  }

  /** @returns whether one more resend is within the budget; it is charged then. */
  spend(): boolean {
    if (this.tokens <= this.#size / 2) return false;
    this.#tokens--;
    return true;
  }

  /** A connection was lost, and what it carried has been sent again or given up. */
  lost(): void {
    this.#tokens = Math.min(this.#tokens, this.#size);
  }

  #fill(): void {
    const now = this.#clock.now();
    const earned = ((now - this.#filledAt) / 1000) * PER_SECOND;
    this.#filledAt = now;
    if (this.#tokens < this.#size) this.#tokens = Math.min(this.#size, this.#tokens + earned);
  }
}
