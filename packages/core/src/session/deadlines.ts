import type { Clock, Timer } from "../clock.ts";

/** Something with a deadline. The fields belong to {@link Deadlines}. */
export interface Expiring {
  /** Monotonic milliseconds; undefined while no deadline is set. */
  expiresAt: number | undefined;
  /** The queue it stands in, by duration. */
  expiryQueue: number;
}

/**
 * Deadlines without a timer each: items with the same duration expire in the order they were set, so one queue per
 * duration and one timer for the nearest head are enough.
 */
export class Deadlines<T extends Expiring> {
  readonly #clock: Clock;
  readonly #expired: (item: T) => void;
  readonly #queues = new Map<number, Set<T>>();
  #timer: Timer | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, expired: (item: T) => void) {
    this.#clock = clock;
    this.#expired = expired;
  }

  /** Gives `item` a deadline `durationMs` from now in place of the one it had; 0 means none. */
  set(item: T, durationMs: number): void {
    this.clear(item);
    if (durationMs <= 0) return;
    let queue = this.#queues.get(durationMs);
    if (queue === undefined) {
      queue = new Set();
      this.#queues.set(durationMs, queue);
    }
    item.expiresAt = this.#clock.now() + durationMs;
    item.expiryQueue = durationMs;
    queue.add(item);
    this.#arm(item.expiresAt);
  }

  clear(item: T): void {
    if (item.expiresAt === undefined) return;
    const queue = this.#queues.get(item.expiryQueue);
    queue?.delete(item);
    // Durations measured from the start of the process are seldom used twice; their queues must not stay.
    if (queue?.size === 0) this.#queues.delete(item.expiryQueue);
    item.expiresAt = undefined;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
  }

  #arm(at: number): void {
    if (at >= this.#timerAt) return;
    this.#timer?.cancel();
    this.#timerAt = at;
    this.#timer = this.#clock.after(Math.max(0, at - this.#clock.now()), () => this.#fire());
  }

  #fire(): void {
    this.stop();
    const now = this.#clock.now();
    const due: T[] = [];
    let nearest = Number.POSITIVE_INFINITY;
    for (const queue of this.#queues.values()) {
      for (const item of queue) {
        const at = item.expiresAt ?? now;
        if (at > now) {
          nearest = Math.min(nearest, at);
          break;
        }
        due.push(item);
      }
    }
    for (const item of due) {
      this.clear(item);
      this.#expired(item);
    }
    if (nearest < Number.POSITIVE_INFINITY) this.#arm(nearest);
  }
}
