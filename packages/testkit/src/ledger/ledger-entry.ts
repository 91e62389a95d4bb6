/** What tells the requests of a test apart: every request carries its own. `1` and `"1"` are different. */
export type Nonce = string | number;

/** What an error of the router says about the call: see `data.outcome`. */
export type Outcome = "not_sent" | "not_executed" | "unknown" | "executed";

/** How a request was answered: with a result and the nonce in it, or with an error and its outcome. */
export type LedgerAnswer = { readonly result: Nonce } | { readonly outcome: Outcome };

/** A request that the gateway has run. */
export interface Execution {
  readonly nonce: Nonce;
  /** The gateway's connection it came on. */
  readonly connection: number;
  readonly method: string;
}

/** Everything that is known of one request. */
export interface LedgerEntry {
  readonly nonce: Nonce;
  /** Whether running it twice does harm. Unknown for what was never sent. */
  acts: boolean | undefined;
  timesSent: number;
  cancelled: boolean;
  readonly executions: Execution[];
  readonly answers: LedgerAnswer[];
}
