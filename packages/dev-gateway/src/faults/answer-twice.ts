import type { Fault, FaultContext } from "./fault.ts";

/** Which answers are given twice. */
export interface TwiceOptions {
  /** Probability of each answer. Default 1. */
  readonly chance?: number | undefined;
  /** When the same frame is sent again, in milliseconds. Default 0: at once. */
  readonly afterMs?: number | undefined;
}

/** Sends frames with an answer twice, byte for byte. */
export function answerTwice(options: TwiceOptions, { dice, report }: FaultContext): Fault {
  const { chance = 1, afterMs = 0 } = options;
  const timers = new Set<NodeJS.Timeout>();
  return {
    outgoing(message, pass) {
      pass(message);
      if (message.facts.kind !== "answer" || !dice.chance(chance)) return;
      const again = (): void => {
        report("hits", `${message.facts.idText ?? "?"} is answered again`, message.session.id);
        pass(message);
      };
      if (afterMs === 0) {
        again();
        return;
      }
      const timer = setTimeout(() => {
        timers.delete(timer);
        again();
      }, afterMs);
      timers.add(timer);
    },
    stop() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
