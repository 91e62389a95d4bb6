const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

export interface SignalHandlers {
  readonly first: (signal: NodeJS.Signals) => void;
  readonly second: (signal: NodeJS.Signals) => void;
}

/**
 * Calls `first` for the first signal that asks to end and `second` for each one after it. Returns how to stop listening.
 *
 * @remarks A terminal sends Ctrl-C to the whole group, and a parent may pass it on: the same signal within a tenth of a
 * second is the same wish, told twice.
 */
export function onEndSignals(handlers: SignalHandlers, now: () => number = () => performance.now()): () => void {
  let first: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;
  const listen = (signal: NodeJS.Signals): void => {
    if (first === undefined) {
      first = { signal, at: now() };
      handlers.first(signal);
    } else if (signal !== first.signal || now() - first.at > 100) handlers.second(signal);
  };
  for (const signal of SIGNALS) process.on(signal, listen);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listen);
  };
}
