/** A timer that was set; give it to {@link Clock.clear}. */
export interface Timer {
  readonly handle?: unknown;
}

/** The passing of time, as far as the router depends on it. Tests pass their own. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number;
  set(run: () => void, delayMs: number): Timer;
  clear(timer: Timer): void;
}

class SystemTimer implements Timer {
  readonly handle: NodeJS.Timeout;

  constructor(run: () => void, delayMs: number) {
    this.handle = setTimeout(run, delayMs);
  }
}

/** The real clock. */
export const systemClock: Clock = Object.freeze({
  now: () => performance.now(),
  set: (run: () => void, delayMs: number) => new SystemTimer(run, delayMs),
  clear: (timer: Timer) => {
    if (timer instanceof SystemTimer) clearTimeout(timer.handle);
  },
});
