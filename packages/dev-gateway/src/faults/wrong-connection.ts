import type { Fault, FaultContext } from "./fault.ts";

/** Which answers go astray. */
export interface WrongConnectionOptions {
  /** Probability of each answer. Default 1. */
  readonly chance?: number | undefined;
}

/** Sends answers on another open connection than the one that asked. With one connection there is no other. */
export function wrongConnection(options: WrongConnectionOptions, { dice, report, sessions }: FaultContext): Fault {
  const { chance = 1 } = options;
  return {
    outgoing(message, pass) {
      const astray = message.facts.kind === "answer" && dice.chance(chance);
      const others = astray ? sessions().filter((session) => session !== message.session) : [];
      const other = others[dice.below(others.length)];
      if (other !== undefined) {
        report("hits", `${message.facts.idText ?? "?"} is answered on ${other.id}`, message.session.id);
      }
      pass(other === undefined ? message : { ...message, session: other });
    },
  };
}
