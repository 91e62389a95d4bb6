import type { Clock } from "../clock.ts";

/**
 * Waits for `running` at most `limitMs`. What it does after that is nobody's concern any more: a late failure is swallowed.
 *
 * @throws Error with `message` when it took longer, or what `running` failed with.
 */
export async function within<T>(
  clock: Clock,
  limitMs: number,
  running: T | PromiseLike<T>,
  message: string,
): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const timer = clock.after(limitMs, () => reject(new Error(message)));
    Promise.resolve(running).then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (cause: unknown) => {
        timer.cancel();
        reject(cause instanceof Error ? cause : new Error(String(cause)));
      },
    );
  });
}
