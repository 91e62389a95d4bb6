import type { Clock, Timer } from "../clock.ts";
import { settle } from "./settle.ts";

interface Pending {
  readonly at: number;
  readonly run: () => void;
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now = 1000;
  /** In the order they were set, which decides between timers due at the same moment. */
  readonly #pending = new Set<Pending>();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): Timer {
    const pending = { at: this.#now + Math.max(0, delayMs), run };
    this.#pending.add(pending);
    return { cancel: () => void this.#pending.delete(pending) };
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#pending.size;
  }

  /** Lets time pass without running what is due: an event loop that is blocked. */
  block(ms: number): void {
    this.#now += ms;
  }

  /** Lets time pass; timers run at their moment, in order, and what each sets off happens before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#pending.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await settle();
    }
    this.#now = Math.max(this.#now, end);
  }

  #next(end: number): Pending | undefined {
    let first: Pending | undefined;
    for (const pending of this.#pending) {
      if (pending.at <= end && (first === undefined || pending.at < first.at)) first = pending;
    }
    return first;
  }
}
