import type { HeldToken } from "./shared-token.ts";

/** A token is not taken into use when it has less than this share of its life, or less than ten seconds, to live. */
const LEAST_SHARE = 0.2;
const LEAST_MS = 10_000;
/** A token with more than this share of its life before it needs no renewal, whoever asks for one. */
const YOUNG_SHARE = 0.75;

function lifeOf({ obtainedAt, expiresAt }: HeldToken): { readonly leftMs: number; readonly wholeMs: number } {
  if (expiresAt === undefined) return { leftMs: Number.POSITIVE_INFINITY, wholeMs: Number.POSITIVE_INFINITY };
  return { leftMs: expiresAt - performance.now(), wholeMs: expiresAt - obtainedAt };
}

/** Whether a token can still be sent. */
export function isAlive(token: HeldToken): boolean {
  return lifeOf(token).leftMs > 0;
}

/** Whether a token lives long enough to take it into use. */
export function isFit(token: HeldToken): boolean {
  const { leftMs, wholeMs } = lifeOf(token);
  return leftMs > Math.min(LEAST_MS, wholeMs * LEAST_SHARE);
}

/** Whether a token has just been renewed: connections of one gateway ask for it one after the other. */
export function isYoung(token: HeldToken): boolean {
  const { leftMs, wholeMs } = lifeOf(token);
  return leftMs === Number.POSITIVE_INFINITY || leftMs > wholeMs * YOUNG_SHARE;
}

/** Whether one token lives longer than another. */
export function outlives(token: HeldToken, other: HeldToken): boolean {
  return lifeOf(token).leftMs > lifeOf(other).leftMs;
}
