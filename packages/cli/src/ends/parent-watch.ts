/** How the watch looks at the world; tests pass their own. */
export interface ParentWatchOptions {
  readonly periodMs?: number;
  readonly currentParent?: () => number;
}

/**
 * Calls `onGone` once when the process that started this one is dead. Returns how to stop watching.
 *
 * @remarks Normally stdin ends first. It does not where another process holds the other end of the pipe, such as a
 * wrapper killed with SIGKILL whose child we are.
 */
export function watchParent(onGone: () => void, options: ParentWatchOptions = {}): () => void {
  const currentParent = options.currentParent ?? (() => process.ppid);
  const parent = currentParent();
  const timer = setInterval(() => {
    if (currentParent() === parent && !(process.platform === "win32" && isDead(parent))) return;
    clearInterval(timer);
    onGone();
  }, options.periodMs ?? 5_000);
  timer.unref();
  return () => clearInterval(timer);
}

/** Windows does not give orphans a new parent: ask whether the old one is there. */
function isDead(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}
