import type { Fault, FaultContext, FaultySession, Outgoing, Pass } from "./fault.ts";

/** How answers lose their order. */
export interface ShuffleOptions {
  /** Probability that an answer is kept back. Default 1. */
  readonly chance?: number | undefined;
  /** How many answers of a connection are kept back at once. Default 8. */
  readonly window?: number | undefined;
  /** How long an answer is kept back at most, in milliseconds. Default 50. */
  readonly holdMs?: number | undefined;
}

/** The answers of one connection that are kept back. */
interface Window {
  readonly answers: Outgoing[];
  readonly pass: Pass<Outgoing>;
  readonly timer: NodeJS.Timeout;
}

/** Answers leave in random order: when a window is full one of it is drawn, and what nobody pushes out leaves by time. */
export function shuffleAnswers(options: ShuffleOptions, { dice, report }: FaultContext): Fault {
  const { chance = 1, window: size = 8, holdMs = 50 } = options;
  const windows = new Map<FaultySession, Window>();

  function draw({ answers, pass }: Window): void {
    const index = dice.below(answers.length);
    const [answer] = answers.splice(index, 1);
    if (answer === undefined) return;
    if (index > 0) report("hits", `${answer.facts.idText ?? "?"} overtakes ${index}`, answer.session.id);
    pass(answer);
  }

  function empty(session: FaultySession): void {
    const window = windows.get(session);
    if (window === undefined) return;
    windows.delete(session);
    clearTimeout(window.timer);
    while (window.answers.length > 0) draw(window);
  }

  return {
    outgoing(message, pass) {
      const { session, facts } = message;
      if (facts.kind !== "answer" || !dice.chance(chance)) {
        pass(message);
        return;
      }
      let window = windows.get(session);
      if (window === undefined) {
        window = { answers: [], pass, timer: setTimeout(() => empty(session), holdMs) };
        windows.set(session, window);
      }
      window.answers.push(message);
      if (window.answers.length > size) draw(window);
    },
    reset(session) {
      clearTimeout(windows.get(session)?.timer);
      windows.delete(session);
    },
    stop() {
      for (const session of windows.keys()) empty(session);
    },
  };
}
