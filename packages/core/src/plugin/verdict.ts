import type { JsonValue } from "./json.ts";
import type { RequestError } from "./request-error.ts";

/** What a tap of `beforeSend` or `onFrame` decides. Returning nothing lets the message go on to the next tap. */
export type Verdict = ReplyVerdict | RejectVerdict | DropVerdict | HoldVerdict;
/** What a held message may end in: anything but another `hold`; nothing means it goes on. */
export type SettledVerdict = ReplyVerdict | RejectVerdict | DropVerdict | undefined;

export interface ReplyVerdict {
  readonly verdict: "reply";
  readonly result: JsonValue;
}
export interface RejectVerdict {
  readonly verdict: "reject";
  readonly error: RequestError;
}
export interface DropVerdict {
  readonly verdict: "drop";
  readonly reason: string;
}
export interface HoldVerdict {
  readonly verdict: "hold";
  readonly settled: Promise<SettledVerdict | void>;
}

/**
 * Ends the message here and answers its request with `result`.
 *
 * In `beforeSend` the client gets the result and the gateway never sees the request; in `onFrame` the result takes the
 * place of the gateway's reply, or answers a request of the gateway.
 */
export function reply(result: JsonValue): ReplyVerdict {
  return { verdict: "reply", result };
}

/** Ends the message here and answers its request with `error`. A notification is dropped. */
export function reject(error: RequestError): RejectVerdict {
  return { verdict: "reject", error };
}

/** Lets a notification, or an answer, disappear. For a request use {@link reject}: a request is always answered. */
export function drop(reason: string): DropVerdict {
  return { verdict: "drop", reason };
}

/**
 * Parks this one request or reply until `settled` resolves to a verdict; everything else goes on. The request keeps its
 * deadline and can be cancelled meanwhile. Notifications, cancellations and answers of the client cannot be parked.
 */
export function hold(settled: Promise<SettledVerdict | void>): HoldVerdict {
  return { verdict: "hold", settled };
}
