import { asClause } from "../errors/clause.ts";
import type { DialError, DialReason } from "../plugin/dial-error.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import { RequestError, type Outcome } from "../plugin/request-error.ts";
import { outcomeWords } from "../session/known-outcome.ts";

const AUTH_REASONS: ReadonlySet<DialReason> = new Set(["unauthorized", "forbidden", "credential"]);

/** The answer to a request that cannot be sent, or sent again, because its endpoint cannot be reached; it names the cause. */
export function unreachableError(
  endpoint: Endpoint,
  cause: DialError | undefined,
  retryInMs: number | undefined,
  known: Exclude<Outcome, "executed">,
): RequestError {
  const detail = cause === undefined ? `no connection to ${endpoint.name} yet` : asClause(cause.message);
  if (cause !== undefined && AUTH_REASONS.has(cause.reason)) {
    return new RequestError("AUTH_FAILED", `sign-in at the gateway failed: ${detail}. ${outcomeWords(known)}`, {
      outcome: known,
      hint: cause.hint,
      cause,
    });
  }
  return new RequestError(
    known === "unknown" ? "UPSTREAM_LOST" : "UPSTREAM_UNAVAILABLE",
    `the gateway cannot be reached: ${detail}. ${outcomeWords(known)}`,
    {
      outcome: known,
      hint: cause?.hint,
      retryAfterMs: retryInMs ?? cause?.retryAfterMs,
      retryable: cause?.permanent !== true,
      cause,
    },
  );
}
