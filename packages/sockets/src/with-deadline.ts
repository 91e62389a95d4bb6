/**
 * Runs something whose signal aborts with that of its owner, or with a `TimeoutError` after `limitMs`. Nothing is left
 * behind on the owner's signal, which may live as long as the process.
 */
export async function withDeadline<Result>(
  limitMs: number,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const stop = (): void => controller.abort(signal.reason);
  const timer = setTimeout(() => {
    controller.abort(new DOMException(`more than ${limitMs} ms`, "TimeoutError"));
  }, limitMs);
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  try {
    return await run(controller.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
