import { escapeForPeople } from "../errors/escape.ts";
import type { GatewayFault } from "../lane/wire.ts";
import { RequestError, type Outcome, type Reason, type RequestErrorOptions } from "../plugin/request-error.ts";

/** Codes that mean the gateway has not started on the request. */
const REFUSALS: ReadonlyMap<string, { readonly reason: Reason; readonly hint: string }> = new Map([
  ["UNAUTHORIZED", { reason: "AUTH_FAILED", hint: "Check that the token is valid and has not expired." }],
  ["FORBIDDEN", { reason: "AUTH_FAILED", hint: "Check the scopes or permissions of the token." }],
  ["RATE_LIMIT_EXCEEDED", { reason: "RATE_LIMITED", hint: "Set local.rate_limit below the gateway's limit." }],
  ["SERVICE_UNAVAILABLE", { reason: "UPSTREAM_UNAVAILABLE", hint: "The gateway is there but cannot serve now." }],
  ["NOT_FOUND", { reason: "BAD_UPSTREAM_REPLY", hint: "Check gateway.namespace: the gateway knows no such target." }],
  ["INVALID_REQUEST", { reason: "BAD_UPSTREAM_REPLY", hint: "Check gateway.version and gateway.wire." }],
]);

/** Codes of refusals that time may mend. */
const PASSING: ReadonlySet<string> = new Set(["RATE_LIMIT_EXCEEDED", "SERVICE_UNAVAILABLE"]);

/** Whether the request has not run and may be accepted later. */
export function isPassing({ code }: GatewayFault): boolean {
  return PASSING.has(code);
}

/**
 * An error of the gateway itself, as the answer to a request.
 *
 * @param before What is known of earlier attempts: one that may have run is not undone by the refusal of the next.
 */
export function faultError(fault: GatewayFault, before: Exclude<Outcome, "executed"> = "not_sent"): RequestError {
  const known = REFUSALS.get(fault.code);
  const options: RequestErrorOptions = { hint: known?.hint, retryAfterMs: fault.retryAfterMs };
  const said = `${fault.code}: ${escapeForPeople(fault.message)}`;
  const mayHaveRun = known === undefined || before === "unknown";
  const text = mayHaveRun
    ? `the gateway failed (${said}). The call may or may not have run.`
    : `the gateway refused the request before it ran (${said})`;
  return new RequestError(known?.reason ?? "BAD_UPSTREAM_REPLY", text, {
    ...options,
    outcome: mayHaveRun ? "unknown" : "not_executed",
  });
}
