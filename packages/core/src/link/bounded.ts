import type { Clock } from "../clock.ts";

export interface Bound {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly limitMs: number;
  /** Ends the run before its time. */
  readonly stopped: AbortSignal;
}

/** Runs something whose signal aborts when its time is over (`TimeoutError`), or when the owner stops. */
export async function bounded<T>(
  { clock, limitMs, stopped }: Bound,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const attempt = new AbortController();
  const stop = (): void => attempt.abort();
  stopped.addEventListener("abort", stop, { once: true });
  const timer = clock.after(limitMs, () => {
    attempt.abort(new DOMException(`not done within ${limitMs} ms`, "TimeoutError"));
  });
  try {
    return await run(attempt.signal);
  } finally {
    timer.cancel();
    stopped.removeEventListener("abort", stop);
  }
}
