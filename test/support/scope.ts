import { onTestFinished } from "vitest";

/** Takes over the end of something that was opened. */
export type Scope = (dispose: () => unknown) => void;

/** Ends it with the running test. */
export const untilTestEnds: Scope = (dispose) => {
  onTestFinished(async () => {
    await dispose();
  });
};

/** For what several tests share: made in `beforeAll`, ended by `close` in `afterAll`, the last opened first. */
export class SharedScope {
  readonly #disposers: (() => unknown)[] = [];

  readonly add: Scope = (dispose) => {
    this.#disposers.push(dispose);
  };

  async close(): Promise<void> {
    for (const dispose of this.#disposers.splice(0).reverse()) await dispose();
  }
}
