import { describeError } from "./describe-outcome.ts";

/** Results and errors of the things a scenario does, by title. */
export class StepLog {
  readonly all: Record<string, unknown> = {};

  readonly step = async (title: string, act: () => Promise<unknown>): Promise<void> => {
    this.#record(title, await act());
  };

  readonly failure = async (title: string, act: () => Promise<unknown>): Promise<void> => {
    const unexpected = Symbol("no error");
    const error = await act().then(() => unexpected, describeError);
    if (error === unexpected) throw new Error(`"${title}" should have failed`);
    this.#record(title, error);
  };

  #record(title: string, outcome: unknown): void {
    if (title in this.all) throw new Error(`two steps are called "${title}"`);
    this.all[title] = outcome;
  }
}
