import type { JsonValue } from "../plugin/json.ts";
import type { GatewaySignal } from "../plugin/transport.ts";
import { member } from "../message/json-member.ts";

/** A gateway cannot make the router wait longer than this at a time. */
const LONGEST_WAIT_MS = 60_000;
/** Larger values are moments since the epoch, smaller ones seconds from now. */
const EPOCH_SECONDS = 1_000_000_000;

/** `metadata.rate_limit` of an envelope; undefined when nothing in it makes sense. */
export function signalOf(value: JsonValue | undefined, nowMs: number): GatewaySignal | undefined {
  const limit = count(member(value, "limit"));
  const remaining = count(member(value, "remaining"));
  const reset = count(member(value, "reset"));
  if (limit === undefined && remaining === undefined && reset === undefined) return undefined;
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(reset === undefined ? {} : { resetAfterMs: untilReset(reset, nowMs) }),
  };
}

/** Seconds, as a number or in digits, bounded, as milliseconds. */
export function retryAfterMs(value: JsonValue | undefined): number | undefined {
  const seconds = count(value);
  return seconds === undefined ? undefined : Math.min(LONGEST_WAIT_MS, seconds * 1000);
}

function untilReset(reset: number, nowMs: number): number {
  const waitMs = reset >= EPOCH_SECONDS ? reset * 1000 - nowMs : reset * 1000;
  return Math.max(0, Math.min(LONGEST_WAIT_MS, waitMs));
}

function count(value: JsonValue | undefined): number | undefined {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : undefined;
}
