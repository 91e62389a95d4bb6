import type { Clock } from "../clock.ts";

/** Ten requests that succeed give a token back. Counted in those, because tenths do not add up to whole numbers. */
const PER_TOKEN = 10;
/** A second gives a token back as well, so that a session with little traffic need not earn every resend. */
const PER_MILLISECOND = PER_TOKEN / 1000;

/**
 * Bounds what is sent again to a tenth of what succeeds and one a second, so that a gateway in trouble is not buried under
 * repetitions (the token bucket of gRPC, proposal A6). A resend takes a token and needs more than half of them to be left.
 *
 * While a connection lasts, tokens may be earned beyond the configured number: a single loss then has room for what was in
 * flight at a busy moment. Every loss takes the surplus away.
 */
export class RetryBudget {
  /** All amounts in parts of a token. */
  readonly #size: number;
  readonly #clock: Clock;
  #parts: number;
  #filledAt: number;

  /** @param tokens To begin with; 0 never lets anything be sent again. */
  constructor(tokens: number, clock: Clock) {
    this.#size = tokens * PER_TOKEN;
    this.#clock = clock;
    this.#parts = this.#size;
    this.#filledAt = clock.now();
  }

  get tokens(): number {
    this.#fill();
    return this.#parts / PER_TOKEN;
  }

  succeeded(): void {
    if (this.#size > 0) this.#parts++;
  }

  /** @returns whether one more resend is within the budget; it is charged then. */
  spend(): boolean {
    this.#fill();
    if (this.#parts <= this.#size / 2) return false;
    this.#parts -= PER_TOKEN;
    return true;
  }

  /** A connection was lost, and what it carried has been sent again or given up. */
  lost(): void {
    this.#parts = Math.min(this.#parts, this.#size);
  }

  #fill(): void {
    const now = this.#clock.now();
    const earned = (now - this.#filledAt) * PER_MILLISECOND;
    this.#filledAt = now;
    if (this.#parts < this.#size) this.#parts = Math.min(this.#size, this.#parts + earned);
  }
}
