import type { DialError } from "../plugin/dial-error.ts";
import { RequestError } from "../plugin/request-error.ts";
import type { ClientRequest } from "../session/client-request.ts";
import { outcomeWords } from "../session/known-outcome.ts";

/** More waits already than may. */
export function queueFullError({ known }: ClientRequest, waiting: number, cause: DialError | undefined): RequestError {
  const why = cause === undefined ? "the gateway takes no more for now" : cause.message;
  const text = `${waiting} messages are waiting already (${why}). ${outcomeWords(known)}`;
  return new RequestError(known === "unknown" ? "UPSTREAM_LOST" : "QUEUE_FULL", text, {
    outcome: known,
    retryable: true,
    hint: "Try again later, or raise local.max_queued_requests and local.max_queued_bytes.",
  });
}

/**
 * The request is larger than the gateway takes.
 *
 * @param limit `max_message_bytes`; undefined when it is the layout of frames that has no room for it.
 */
export function tooLargeError({ bytes, known }: ClientRequest, limit: number | undefined): RequestError {
  const takes = limit === undefined ? "more than a frame of this connection holds" : `and the gateway takes ${limit}`;
  const hint =
    limit === undefined
      ? "Send less at once, or set gateway.framing: typed if the gateway reads typed frames."
      : "Send less at once, or raise gateway.connection.max_message_bytes.";
  const text = `the request has ${bytes} bytes, ${takes}. ${outcomeWords(known)}`;
  return new RequestError("TOO_LARGE", text, { direction: "request", outcome: known, hint });
}
