import type { IncomingHttpHeaders } from "node:http";
import type { GatewaySignal } from "@mcp-router/core/plugin";

/** No hint of a gateway keeps the router waiting for longer than this, in milliseconds. */
const MAX_FLOOR_MS = 60_000;

/** A smaller `X-RateLimit-Reset` counts seconds from now, a larger one seconds of the epoch (this is September 2001). */
const FIRST_EPOCH_SECOND = 1_000_000_000;

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d{1,15}\s*$/.test(text) ? Number(text) : undefined;
}

/** `Retry-After`: seconds or an HTTP date, as milliseconds from `now`, at most 60,000. Anything else gives nothing. */
export function parseRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const seconds = count(text);
  if (seconds !== undefined) return Math.min(seconds * 1000, MAX_FLOOR_MS);
  // Date.parse reads all sorts of text as a date; an HTTP date starts with the name of a day.
  const date = /^\s*[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.min(Math.max(date - now, 0), MAX_FLOOR_MS);
}

function parseReset(text: string | undefined, now: number): number | undefined {
  const seconds = count(text);
  if (seconds === undefined) return undefined;
  return seconds < FIRST_EPOCH_SECOND ? seconds * 1000 : Math.max(seconds * 1000 - now, 0);
}

function single(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
}

/**
 * What the headers of an HTTP answer say about the gateway's limits, or nothing when they say nothing that makes sense.
 *
 * @param now Milliseconds of the epoch, against which dates are read.
 */
export function readRateLimit(headers: IncomingHttpHeaders, now: number): GatewaySignal | undefined {
  const limit = count(single(headers, "x-ratelimit-limit"));
  const remaining = count(single(headers, "x-ratelimit-remaining"));
  const resetAfterMs = parseReset(single(headers, "x-ratelimit-reset"), now);
  const retryAfterMs = parseRetryAfter(single(headers, "retry-after"), now);
  const signal: GatewaySignal = {
    ...(limit === undefined ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(resetAfterMs === undefined ? {} : { resetAfterMs }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  return Object.keys(signal).length === 0 ? undefined : signal;
}

/** How long a gateway that refused the upgrade wants to be left alone: `Retry-After`, else the reset of its limit. */
export function retryFloor(headers: IncomingHttpHeaders, now: number): number | undefined {
  const signal = readRateLimit(headers, now);
  if (signal?.retryAfterMs !== undefined) return signal.retryAfterMs;
  return signal?.resetAfterMs === undefined ? undefined : Math.min(signal.resetAfterMs, MAX_FLOOR_MS);
}
