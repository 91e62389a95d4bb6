import type { DialError, DialReason } from "../plugin/dial-error.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import { RequestError } from "../plugin/request-error.ts";

const AUTH_REASONS: ReadonlySet<DialReason> = new Set(["unauthorized", "forbidden", "credential"]);

/** The answer to a request that was never sent because its endpoint cannot be reached; it names the cause. */
export function unreachableError(
  endpoint: Endpoint,
  cause: DialError | undefined,
  retryInMs: number | undefined,
): RequestError {
  const detail = cause?.message ?? `no connection to ${endpoint.name} yet`;
  if (cause !== undefined && AUTH_REASONS.has(cause.reason)) {
    return new RequestError("AUTH_FAILED", `sign-in at the gateway failed: ${detail}. The request was not sent.`, {
      hint: cause.hint,
      cause,
    });
  }
  return new RequestError(
    "UPSTREAM_UNAVAILABLE",
    `the gateway cannot be reached: ${detail}. The request was not sent.`,
    {
      hint: cause?.hint,
      retryAfterMs: retryInMs ?? cause?.retryAfterMs,
      retryable: cause?.permanent !== true,
      cause,
    },
  );
}
