import { asClause } from "../errors/clause.ts";
import type { Lane } from "../lane/lane.ts";
import type { DialError } from "../plugin/dial-error.ts";
import { RequestError, type Outcome } from "../plugin/request-error.ts";
import type { ChannelEnd } from "../plugin/transport.ts";
import type { ClientRequest } from "./client-request.ts";
import { outcomeWords } from "./known-outcome.ts";
import type { SessionLimits } from "./limits.ts";

/** The connection that carried the request has ended before the answer came. */
export function lostError(lane: Lane, end: ChannelEnd): RequestError {
  const { error } = end;
  if (error?.reason === "protocol" && error.permanent) {
    // It does not even speak the protocol: there is no doubt about what to change, and nothing to look up.
    const text = `${asClause(error.message)}. ${outcomeWords("unknown")}`;
    return new RequestError("BAD_UPSTREAM_REPLY", text, { outcome: "unknown", cause: error, hint: error.hint });
  }
  const how = end.code === undefined ? end.reason : `${end.reason} (${end.code})`;
  const tooLarge = end.code === 1009;
  return new RequestError(
    "UPSTREAM_LOST",
    `the gateway connection was lost before the answer came: ${how}. The call may or may not have run.`,
    {
      outcome: "unknown",
      cause: end.error,
      hint: tooLarge
        ? `${lane.endpoint.name} closed it because a message was too large.`
        : "Check what the call has done before you repeat it.",
    },
  );
}

/** A request has run out of time somewhere else than in the queue. */
export function timeoutError(request: ClientRequest, now: number, limits: SessionLimits): RequestError {
  const outcome = outcomeOf(request);
  const elapsedMs = Math.round(now - request.arrivedAt);
  const hint = request.method === "server/discover" ? undefined : hintFor(request, limits);
  const text = `no answer to ${request.method} within ${elapsedMs} ms${whoHeld(request)}. ${outcomeWords(outcome)}`;
  return new RequestError("TIMEOUT", text, { outcome, hint });
}

/** The router ends before the request has. */
export function shutdownError(request: ClientRequest, cause: DialError | undefined): RequestError {
  const outcome = outcomeOf(request);
  const because = cause === undefined ? "" : ` (${asClause(cause.message)})`;
  return new RequestError("SHUTTING_DOWN", `the router is shutting down${because}. ${outcomeWords(outcome)}`, {
    outcome,
  });
}

/** What is known of the execution of a request that has no answer. */
function outcomeOf({ state, known }: ClientRequest): Outcome {
  if (state === "sent") return "unknown";
  return state === "answered" ? "executed" : known;
}

function whoHeld({ state, known }: ClientRequest): string {
  if (state === "answered") return ": a plugin held the answer too long";
  if (state === "waiting") return ": the gateway refused it for now, and there was no time to ask again";
  if (state !== "parked") return "";
  return known === "not_sent" ? ": a plugin held it too long" : ": no other credential was to be had in time";
}

function hintFor(request: ClientRequest, limits: SessionLimits): string | undefined {
  // No deadline of ours would have helped: somebody held it.
  if (request.state === "parked" || request.state === "waiting" || request.state === "answered") return undefined;
  if (request.state === "sent" && request.lane?.silent === true) {
    return "The gateway has never said anything: check gateway.wire and gateway.framing, and that the port is the gateway's.";
  }
  if (request.methodClass !== "act") return "Raise local.request_timeout_ms if the gateway needs longer.";
  return limits.callTimeoutMs > 0
    ? "Raise local.call_timeout_ms if the tool needs longer."
    : "Raise local.call_idle_timeout_ms if the tool needs longer without reporting progress.";
}
