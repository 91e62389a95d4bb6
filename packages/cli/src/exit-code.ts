import { constants } from "node:os";

/** What the process says with its end. `128 + n` stands for an end forced by signal n. */
export const EXIT = Object.freeze({
  clean: 0,
  /** A test has found a fault. */
  failed: 1,
  usage: 2,
  internal: 70,
  configuration: 78,
});

/** The exit code of an end that a signal forced. */
export function forcedBy(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
