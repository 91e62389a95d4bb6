import { escapeForPeople } from "../errors/escape.ts";
import type { GatewayFault } from "../lane/wire.ts";
import { RequestError, type RequestErrorOptions, type Reason } from "../plugin/request-error.ts";

/** Codes that mean the gateway has not started on the request. */
const REFUSALS: ReadonlyMap<string, { readonly reason: Reason; readonly hint: string }> = new Map([
  ["UNAUTHORIZED", { reason: "AUTH_FAILED", hint: "Check that the token is valid and has not expired." }],
  ["FORBIDDEN", { reason: "AUTH_FAILED", hint: "Check the scopes or permissions of the token." }],
  ["RATE_LIMIT_EXCEEDED", { reason: "RATE_LIMITED", hint: "Set local.rate_limit below the gateway's limit." }],
  ["SERVICE_UNAVAILABLE", { reason: "UPSTREAM_UNAVAILABLE", hint: "The gateway is there but cannot serve now." }],
  ["NOT_FOUND", { reason: "BAD_UPSTREAM_REPLY", hint: "Check gateway.namespace: the gateway knows no such target." }],
  ["INVALID_REQUEST", { reason: "BAD_UPSTREAM_REPLY", hint: "Check gateway.version and gateway.wire." }],
]);

/** An error of the gateway itself, as the answer to a request. */
export function faultError(fault: GatewayFault): RequestError {
  const known = REFUSALS.get(fault.code);
  const options: RequestErrorOptions = { hint: known?.hint, retryAfterMs: fault.retryAfterMs };
  const said = `${fault.code}: ${escapeForPeople(fault.message)}`;
  if (known === undefined) {
    return new RequestError("BAD_UPSTREAM_REPLY", `the gateway failed (${said}). The call may or may not have run.`, {
      ...options,
      outcome: "unknown",
    });
  }
  return new RequestError(known.reason, `the gateway refused the request before it ran (${said})`, {
    ...options,
    outcome: "not_executed",
  });
}
