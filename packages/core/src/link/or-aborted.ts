/**
 * What `running` gives, or the signal's reason as soon as it aborts: not everything that is given a signal heeds it.
 *
 * A late result is nobody's; whoever must undo it listens to `running` itself.
 */
export async function orAborted<T>(running: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(asError(signal.reason));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    const release = (): void => signal.removeEventListener("abort", abort);
    running.then(
      (value) => {
        release();
        resolve(value);
      },
      (cause: unknown) => {
        release();
        reject(asError(cause));
      },
    );
  });
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
