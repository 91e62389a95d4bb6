import type { Clock, Timer } from "../clock.ts";

/** A credential is renewed when this share of its time is over, or this long before its end, whichever is sooner. */
const SHARE = 0.8;
const BEFORE_END_MS = 60_000;
/** But not in the first half of its time, however short that is. */
const LEAST_SHARE = 0.5;
/** Many routers that signed in together do not renew together: up to this share of the wait is left out. */
const SPREAD = 0.1;
/** A credential of no length at all must not be renewed in a tight loop. */
const LEAST_MS = 1000;

/** Tells when the credential in use is about to expire. */
export class ExpiryWatch {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #due: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, random: () => number, due: () => void) {
    this.#clock = clock;
    this.#random = random;
    this.#due = due;
  }

  /** @param expiresAt Monotonic milliseconds; undefined for a credential that does not expire. */
  watch(expiresAt: number | undefined): void {
    this.stop();
    if (expiresAt !== undefined) this.#set(this.#waitMs(expiresAt - this.#clock.now()));
  }

  /** Tries once more after this time: the renewal failed, and the old credential is still good. */
  again(delayMs: number): void {
    this.stop();
    this.#set(delayMs);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #waitMs(leftMs: number): number {
    const waitMs = Math.max(leftMs * LEAST_SHARE, Math.min(leftMs * SHARE, leftMs - BEFORE_END_MS));
    return Math.max(LEAST_MS, waitMs * (1 - SPREAD * this.#random()));
  }

  #set(delayMs: number): void {
    this.#timer = this.#clock.after(delayMs, () => {
      this.#timer = undefined;
      this.#due();
    });
  }
}
