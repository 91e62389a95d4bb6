import { DialError } from "../plugin/dial-error.ts";

/** The same error with another hint. */
export function withHint(error: DialError, hint: string): DialError {
  const { reason, message, permanent, status, retryAfterMs, challenge } = error;
  return new DialError(reason, message, { permanent, status, retryAfterMs, challenge, hint, cause: error });
}
