import type { Fault, FaultContext } from "./fault.ts";

/** How slowly answers leave. */
export interface DripOptions {
  /** Probability of each answer. Default 1. */
  readonly chance?: number | undefined;
  /** How many bytes leave at once. Default 1. */
  readonly bytes?: number | undefined;
  /** Milliseconds between them. Default 10. */
  readonly gapMs?: number | undefined;
}

/** Answers leave byte by byte, and what comes after them on the same connection waits in line. */
export function drip(options: DripOptions, { dice, report }: FaultContext): Fault {
  const { chance = 1, bytes = 1, gapMs = 10 } = options;
  const running = new Set<() => void>();
  return {
    outgoing(message, pass) {
      const { session, facts, written } = message;
      if (facts.kind !== "answer" || !dice.chance(chance)) {
        pass(message);
        return;
      }
      report("hits", `${written.frame.length} bytes, ${bytes} every ${gapMs} ms`, session.id);
      const stop = session.slowDown({ bytes, gapMs });
      running.add(stop);
      pass({
        ...message,
        taken() {
          running.delete(stop);
          stop();
        },
      });
    },
    stop() {
      for (const stop of running) stop();
    },
  };
}
