import type { LedgerEntry, Outcome } from "./ledger-entry.ts";

/** A test in numbers. All but `executed` and `duplicates` are what the client knows. */
export interface LedgerSummary {
  /** Requests. */
  readonly sent: number;
  /** Requests that got a result, or an error that says the call has run. */
  readonly answered: number;
  /** Requests that ended with this outcome. */
  readonly not_sent: number;
  readonly not_executed: number;
  readonly unknown: number;
  /** Requests that the gateway ran at least once. */
  readonly executed: number;
  /** Acting requests that the gateway ran more than once. */
  readonly duplicates: number;
  /** Requests that were not cancelled and never answered. */
  readonly lost: number;
  readonly cancelled: number;
}

export function summarize(entries: readonly LedgerEntry[]): LedgerSummary {
  const count = (matches: (entry: LedgerEntry) => boolean): number => entries.filter(matches).length;
  const endedWith = (outcome: Outcome): number =>
    count(({ answers: [answer] }) => answer !== undefined && "outcome" in answer && answer.outcome === outcome);
  return {
    sent: count(({ timesSent }) => timesSent > 0),
    answered: count(({ answers: [answer] }) => answer !== undefined && "result" in answer) + endedWith("executed"),
    not_sent: endedWith("not_sent"),
    not_executed: endedWith("not_executed"),
    unknown: endedWith("unknown"),
    executed: count(({ executions }) => executions.length > 0),
    duplicates: count(({ acts, executions }) => acts === true && executions.length > 1),
    lost: count(({ timesSent, answers, cancelled }) => timesSent > 0 && answers.length === 0 && !cancelled),
    cancelled: count(({ cancelled }) => cancelled),
  };
}
