/** A connection counts as stable, and the backoff starts afresh, after this long. */
export const STABLE_AFTER_MS = 10_000;
/** A waiting dial is brought forward by new traffic at most this often. */
export const NUDGE_EVERY_MS = 5_000;
/** Causes that waiting does not mend are tried again this often. */
export const PERMANENT_RETRY_MS = 60_000;
/** A renewal that failed while the old credential is still good is tried again this often. */
export const RENEWAL_RETRY_MS = 10_000;
