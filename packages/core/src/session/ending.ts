import type { Clock, Timer } from "../clock.ts";

/**
 * The waits at the end of a session. Each has its limit, and all of them can be cut short: a signal leaves no time for what
 * the end of stdin has time for.
 */
export class Ending {
  readonly #clock: Clock;
  #cutShort: (() => void) | undefined;
  #hurried = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Cuts the wait that is under way, and all later ones. */
  hurry(): void {
    this.#hurried = true;
    this.#cutShort?.();
  }

  /**
   * Waits until what was armed happens, for a limited time.
   *
   * @param hurriedMs What is left of the time when there is none to lose, in milliseconds.
   */
  async wait(limitMs: number, arm: (done: () => void) => void, hurriedMs = 0): Promise<void> {
    await new Promise<void>((resolve) => {
      let timer: Timer = this.#clock.after(limitMs, resolve);
      this.#cutShort = () => {
        timer.cancel();
        timer = this.#clock.after(hurriedMs, resolve);
      };
      if (this.#hurried) this.#cutShort();
      arm(() => {
        timer.cancel();
        resolve();
      });
    });
    this.#cutShort = undefined;
  }
}
