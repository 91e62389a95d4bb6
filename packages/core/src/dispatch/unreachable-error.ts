import { asClause } from "../errors/clause.ts";
import type { DialError, DialReason } from "../plugin/dial-error.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import { RequestError, type Outcome } from "../plugin/request-error.ts";
import { outcomeWords } from "../session/known-outcome.ts";

const AUTH_REASONS: ReadonlySet<DialReason> = new Set(["unauthorized", "forbidden", "credential"]);

/** An endpoint that was tried, and how it ended; undefined while there is no end of it. */
export interface Attempted {
  readonly endpoint: Endpoint;
  readonly cause: DialError | undefined;
}

/** The answer to a request that cannot be sent, or sent again, because no endpoint can be reached; it names every cause. */
export function unreachableError(
  attempted: readonly Attempted[],
  retryInMs: number | undefined,
  known: Exclude<Outcome, "executed">,
): RequestError {
  const causes = attempted.flatMap(({ cause }) => (cause === undefined ? [] : [cause]));
  const cause = causes[0];
  const several = attempted.length > 1;
  const detail = attempted
    .map(({ endpoint, cause: why }) => {
      if (why === undefined) return `no connection to ${endpoint.name} yet`;
      return several ? `${endpoint.name}: ${asClause(why.message)}` : asClause(why.message);
    })
    .join("; ");
  if (causes.length > 0 && causes.every(({ reason }) => AUTH_REASONS.has(reason))) {
    return new RequestError("AUTH_FAILED", `sign-in at the gateway failed: ${detail}. ${outcomeWords(known)}`, {
      outcome: known,
      hint: cause?.hint,
      cause,
    });
  }
  return new RequestError(
    known === "unknown" ? "UPSTREAM_LOST" : "UPSTREAM_UNAVAILABLE",
    `${several ? "no gateway can" : "the gateway cannot"} be reached: ${detail}. ${outcomeWords(known)}`,
    {
      outcome: known,
      hint: cause?.hint,
      retryAfterMs: retryInMs ?? cause?.retryAfterMs,
      retryable: causes.length === 0 || causes.some(({ permanent }) => !permanent),
      cause,
    },
  );
}
