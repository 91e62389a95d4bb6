import { breaches } from "./invariants.ts";
import type { Execution, LedgerAnswer, LedgerEntry, Nonce } from "./ledger-entry.ts";
import { type LedgerSummary, summarize } from "./ledger-summary.ts";

/**
 * The book of a fault test: what the client sent and was told, what the gateway ran, and whether the two agree.
 *
 * - I1: each request that was not cancelled has exactly one answer, a cancelled one at most one.
 * - I2: a request that acts is run at most once.
 * - I3: a result carries the nonce of its own request.
 * - I4: `not_sent` and `not_executed` mean that it was not run.
 * - I5: `unknown` means that a request that acts was run once or not at all.
 */
export class Ledger {
  readonly #entries = new Map<Nonce, LedgerEntry>();

  /** The client sends a request. `acts`: running it twice does harm. */
  sent({ nonce, acts }: { readonly nonce: Nonce; readonly acts: boolean }): void {
    const entry = this.#entry(nonce);
    entry.acts = acts;
    entry.timesSent++;
  }

  /** The gateway runs a request. */
  executed(execution: Execution): void {
    this.#entry(execution.nonce).executions.push(execution);
  }

  /** The client gets an answer. */
  answered(nonce: Nonce, answer: LedgerAnswer): void {
    this.#entry(nonce).answers.push(answer);
  }

  /** The client has cancelled a request. */
  cancelled(nonce: Nonce): void {
    this.#entry(nonce).cancelled = true;
  }

  /** One sentence for every breach of an invariant. Ask when everything has had its time: what is open counts as lost. */
  violations(): readonly string[] {
    return [...this.#entries.values()].flatMap(breaches);
  }

  /** The test in numbers. */
  summary(): LedgerSummary {
    return summarize([...this.#entries.values()]);
  }

  /** The summary as one line. */
  print(): string {
    return Object.entries(this.summary())
      .map(([name, count]) => `${name} ${count}`)
      .join(", ");
  }

  #entry(nonce: Nonce): LedgerEntry {
    const known = this.#entries.get(nonce);
    if (known !== undefined) return known;
    const entry: LedgerEntry = {
      nonce,
      acts: undefined,
      timesSent: 0,
      cancelled: false,
      executions: [],
      answers: [],
    };
    this.#entries.set(nonce, entry);
    return entry;
  }
}
