/** A timer that was set. */
export interface Timer {
  cancel(): void;
}

/** The passing of time, as far as the router depends on it. Tests pass their own. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number;
  after(delayMs: number, run: () => void): Timer;
}

/** The real clock. */
export const systemClock: Clock = Object.freeze({
  now: () => performance.now(),
  after: (delayMs: number, run: () => void) => {
    const handle = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
});
