import { isObject } from "../config/json-object.ts";
import { RequestError } from "../plugin/request-error.ts";
import type { SettledVerdict, Verdict } from "../plugin/verdict.ts";

/**
 * What a tap returned, as a verdict. Plugins may be plain JavaScript: what is wrong here would otherwise break the
 * protocol towards the client.
 *
 * @throws TypeError saying what a tap may return.
 */
export function checkVerdict(value: unknown): Verdict | undefined {
  if (value === undefined) return undefined;
  if (isVerdict(value)) return value;
  if (isThenable(value)) {
    // Its failure would end the process as a rejection that nobody handles.
    value.then(undefined, () => {});
    throw new TypeError("a tap returned a promise; taps are synchronous: return hold(promise)");
  }
  throw new TypeError("a tap must return nothing, or what reply(), reject(), drop() or hold() gave it");
}

/** What a held message ended in. @throws TypeError */
export function checkSettled(value: unknown): SettledVerdict {
  const verdict = checkVerdict(value);
  if (verdict?.verdict === "hold") throw new TypeError("a held message ended in another hold()");
  return verdict;
}

/** Whether a value can be waited for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function isVerdict(value: unknown): value is Verdict {
  if (typeof value !== "object" || value === null || !("verdict" in value)) return false;
  switch (value.verdict) {
    case "reply":
      if ("result" in value && isObject(value.result)) return true;
      throw new TypeError("reply() takes an object: the result of a JSON-RPC reply");
    case "reject":
      if ("error" in value && RequestError.is(value.error)) return true;
      throw new TypeError("reject() takes a RequestError");
    case "hold":
      if ("settled" in value && isThenable(value.settled)) return true;
      throw new TypeError("hold() takes a promise");
    default:
      return value.verdict === "drop";
  }
}
