import type { Clock } from "../clock.ts";
import type { Lane } from "../lane/lane.ts";

/** A gateway that has not answered a cancelled request for so long never will. */
const REMEMBERED_MS = 60_000;
const MAX_REMEMBERED = 10_000;

interface Debt {
  readonly lane: Lane;
  readonly since: number;
}

/**
 * The ids of requests that have ended without the gateway's answer: cancelled, or out of time. While the answer may still
 * come, a new request with the same id could not tell it from its own.
 */
export class OwedAnswers {
  readonly #clock: Clock;
  readonly #debts = new Map<string, Debt>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#debts.size;
  }

  /** The request with this id key has ended, and `lane` may still bring its answer. */
  add(key: string, lane: Lane): void {
    this.#debts.delete(key);
    this.#debts.set(key, { lane, since: this.#clock.now() });
    for (const [oldest, debt] of this.#debts) {
      if (this.#debts.size <= MAX_REMEMBERED && this.#stands(debt)) return;
      this.#debts.delete(oldest);
    }
  }

  has(key: string): boolean {
    if (this.#debts.size === 0) return false;
    const debt = this.#debts.get(key);
    return debt !== undefined && this.#stands(debt);
  }

  /** @returns whether this was an answer that had been given up. */
  paid(key: string, lane: Lane): boolean {
    if (this.#debts.get(key)?.lane !== lane) return false;
    return this.#debts.delete(key);
  }

  #stands({ lane, since }: Debt): boolean {
    return !lane.lost && this.#clock.now() - since < REMEMBERED_MS;
  }
}
