/** Milliseconds of the longest wait that is heeded. */
const LONGEST_MS = 60_000;

/** `Retry-After` (RFC 9110 §10.2.3: seconds or a date) in milliseconds, 60 s at most. Undefined when it says no time to come. */
export function retryAfterMs(value: string | null): number | undefined {
  if (value === null) return undefined;
  const text = value.trim();
  const ms = /^\d{1,12}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return ms > 0 ? Math.min(ms, LONGEST_MS) : undefined;
}
