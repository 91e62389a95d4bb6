import type { ProbeFacts } from "./probe-step.ts";

/** A part of a dial as a transport has told it. */
export interface TracedStep {
  readonly facts: ProbeFacts;
  /** Milliseconds, where the transport has measured them. */
  readonly ms: number | undefined;
}

/** The facts of a trace in the spelling of the steps; the time is no fact. */
export function readTrace({ ms, ...facts }: ProbeFacts): TracedStep {
  const spelled = Object.entries(facts).map(([name, value]) => [snakeCase(name), value]);
  return { facts: Object.fromEntries(spelled), ms: typeof ms === "number" ? ms : undefined };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
