import type { Fault, FaultContext } from "./fault.ts";

const DEFAULT_PERIOD_MS = 30_000;

/** When something happens by itself. */
export interface TriggerOptions {
  /** Every so many milliseconds. Default 30000, and none when there is a `chance`. */
  readonly everyMs?: number | undefined;
  /** With this probability, from 0 to 1, at each request: just before it reaches the server or just after. */
  readonly chance?: number | undefined;
}

/** Does something again and again, by the clock or by chance. `act` tells whether connections end by it. */
export function trigger(options: TriggerOptions, { dice }: FaultContext, act: () => boolean): Fault {
  const { chance = 0, everyMs = options.chance === undefined ? DEFAULT_PERIOD_MS : undefined } = options;
  const timer = everyMs === undefined ? undefined : setInterval(act, everyMs);
  return {
    incoming(message, pass) {
      const now = message.facts.kind === "request" && dice.chance(chance);
      // Before: the request is lost with its connection. After: it is done, and only its answer is lost.
      const before = now && dice.chance(0.5);
      const lost = before && act();
      if (!lost) pass(message);
      if (now && !before) act();
    },
    stop: () => clearInterval(timer),
  };
}
