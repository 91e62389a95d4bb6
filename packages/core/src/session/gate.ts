import type { RawMessage } from "../message/raw-message.ts";
import { RequestError } from "../plugin/request-error.ts";

/** Official clients close the session at a line over 10 MiB; what is written stays below that. */
export const MAX_LINE_BYTES = 9.5 * 1024 * 1024;

/**
 * The form in which a reply of the gateway may reach the client, or the error that takes its place: official clients end
 * a session, or let a request hang, over replies that break the envelope of JSON-RPC.
 */
export function passReply(message: RawMessage): Buffer | RequestError {
  if (message.replyFlaw !== undefined) return badReply(FLAWS[message.replyFlaw]);
  const bytes = message.extraMembers ? message.normalised() : message.bytes;
  return bytes.length > MAX_LINE_BYTES ? tooLarge(bytes.length) : bytes;
}

const FLAWS = {
  result_not_object: "its result is not an object",
  error_not_object: "its error is not an object",
  error_code: "its error code is not an integer",
  error_message: "its error has no message",
} as const;

export function badReply(why: string): RequestError {
  return new RequestError(
    "BAD_UPSTREAM_REPLY",
    `the gateway answered, but the answer is not valid JSON-RPC: ${why}. The call has run.`,
    {
      outcome: "executed",
      hint: "This is a fault of the gateway or of the server behind it.",
    },
  );
}

/** The error in place of an answer that is longer than a line may be. */
export function tooLarge(length: number): RequestError {
  return new RequestError(
    "TOO_LARGE",
    `the answer has ${length} bytes, more than an MCP client reads in one line (10 MiB). The call has run; its answer was dropped.`,
    { outcome: "executed", direction: "reply", hint: "Ask for less at once." },
  );
}
