import type { Clock, Timer } from "../clock.ts";
import { Backoff } from "../link/backoff.ts";
import type { Connection } from "./connection.ts";

/** Requests wait for a further connection no longer than this; then they share those that are open. */
const LONGEST_WAIT_MS = 1000;
/** A refusal counts no more when the gateway could have been asked again for this long. */
const FORGIVEN_AFTER_MS = 60_000;
const PAUSES = { initialDelayMs: 1000, maxDelayMs: 60_000, multiplier: 2, jitter: 0.5 } as const;

/** The connections that a pool is opening because all others are busy. */
export class Growth {
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #room: () => void;
  readonly #opening = new Set<Connection>();
  #timer: Timer | undefined;
  /** One of them takes so long that nobody waits for it any more, and no other is tried. */
  #slow = false;
  #notBefore = Number.NEGATIVE_INFINITY;

  /** @param room Called when requests need not wait any more. */
  constructor(clock: Clock, random: () => number, room: () => void) {
    this.#clock = clock;
    this.#backoff = new Backoff(PAUSES, random);
    this.#room = room;
  }

  /** How many connections are being opened. */
  get size(): number {
    return this.#opening.size;
  }

  /** Whether requests should wait for one of them. */
  get awaited(): boolean {
    return this.#timer !== undefined;
  }

  /** Whether the gateway has not just refused a further connection. */
  get allowed(): boolean {
    return !this.#slow && this.#clock.now() >= this.#notBefore;
  }

  began(connection: Connection): void {
    this.#opening.add(connection);
    this.#timer ??= this.#clock.after(LONGEST_WAIT_MS, () => {
      this.#timer = undefined;
      this.#slow = true;
      this.#room();
    });
  }

  /** It is established, or given up. */
  ended(connection: Connection): void {
    if (this.#opening.delete(connection) && this.#opening.size === 0) {
      this.#slow = false;
      this.stop();
    }
  }

  /** The gateway has refused one, or ended it soon. Those that were dialled together fail together, and count once. */
  failed(): void {
    const now = this.#clock.now();
    if (now < this.#notBefore) return;
    if (now - this.#notBefore > FORGIVEN_AFTER_MS) this.#backoff.reset();
    this.#notBefore = now + this.#backoff.afterFailure();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
