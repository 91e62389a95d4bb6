import type { DialProgress } from "./dial-progress.ts";

/** A certificate that ends in fewer days is worth a warning. */
const DAYS = 14;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Words for the log about a peer whose certificate ends within 14 days, or has ended; undefined when all is well. */
export function expiryWarning({ validTo, target }: Pick<DialProgress, "validTo" | "target">): string | undefined {
  const end = validTo === undefined ? Number.NaN : Date.parse(validTo);
  if (Number.isNaN(end)) return undefined;
  const days = Math.floor((end - Date.now()) / DAY_MS);
  if (days >= DAYS) return undefined;
  const date = new Date(end).toISOString().slice(0, 10);
  if (days < 0) return `the certificate of ${target} has expired (${date}): renew it on the gateway`;
  const left = days === 0 ? "today" : `in ${days} ${days === 1 ? "day" : "days"}`;
  return `the certificate of ${target} expires ${left} (${date}): renew it on the gateway`;
}
