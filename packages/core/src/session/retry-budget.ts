/** What a request that succeeds gives back. */
const PER_SUCCESS = 0.1;

/**
 * Bounds what is sent again to a tenth of what succeeds, so that a gateway in trouble is not buried under repetitions (the
 * token bucket of gRPC, proposal A6). A resend takes a token and needs more than half of them to be left.
 *
 * While a connection lasts, tokens may be earned beyond the configured number: a single loss then has room for what was in
 * flight at a busy moment. Every loss takes the surplus away.
 */
export class RetryBudget {
  readonly #size: number;
  #tokens: number;

  /** @param size Tokens to begin with; 0 never lets anything be sent again. */
  constructor(size: number) {
    this.#size = size;
    this.#tokens = size;
  }

  get tokens(): number {
    return this.#tokens;
  }

  succeeded(): void {
    if (this.#size > 0) this.#tokens += PER_SUCCESS;
  }

  /** @returns whether one more resend is within the budget; it is charged then. */
  spend(): boolean {
    if (this.#tokens <= this.#size / 2) return false;
    this.#tokens--;
    return true;
  }

  /** A connection was lost, and what it carried has been sent again or given up. */
  lost(): void {
    this.#tokens = Math.min(this.#tokens, this.#size);
  }
}
