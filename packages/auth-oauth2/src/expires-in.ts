/** Timers hold no more than 2^31 ms, and a token of that age may as well be asked for anew. */
const LONGEST_MS = 20 * 24 * 60 * 60 * 1000;

/**
 * The life of a token in milliseconds, from `expires_in` (RFC 6749 §5.1: seconds) as servers really write it: strings of
 * digits count, longer than 20 days is 20 days. Undefined, which is to say unknown, for anything that is no time to come: a
 * token that would be over at once would be asked for without end.
 */
export function lifetimeMs(expiresIn: unknown): number | undefined {
  const seconds = typeof expiresIn === "string" && /^\d{1,15}$/.test(expiresIn) ? Number(expiresIn) : expiresIn;
  if (typeof seconds !== "number" || !Number.isFinite(seconds) || seconds <= 0) return undefined;
  return Math.min(seconds * 1000, LONGEST_MS);
}
