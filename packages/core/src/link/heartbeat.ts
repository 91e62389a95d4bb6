import type { Clock, Timer } from "../clock.ts";

export interface HeartbeatOptions {
  readonly clock: Clock;
  /** Milliseconds of silence before a ping. */
  readonly intervalMs: number;
  /** Milliseconds of further silence before the peer counts as dead. */
  readonly timeoutMs: number;
  /** Bytes that wait to be taken by a peer that is full; undefined while it takes what it is given. */
  readonly blockedBytes: () => number | undefined;
  /** Whether bytes wait to be taken, and a figure that grows while they are. */
  readonly uptake: () => { readonly pending: boolean; readonly taken: number };
  /** Asks for a sign of life. @returns false when it cannot be asked for now. */
  readonly ping: () => boolean;
  /** Whether a peer that is silent may just be busy. */
  readonly mayBeBusy: () => boolean;
  readonly dead: () => void;
}

/** So much goes into the buffers of the system at once, whether there is a peer or not. */
const SMALL_BYTES = 64 * 1024;

/** What heartbeats have shown, in milliseconds. */
export interface Pulse {
  /** Since the last byte. */
  readonly silentMs: number;
  /** Between the latest answered heartbeat and the byte that came next. */
  readonly roundTripMs: number | undefined;
  /** Since the heartbeat that has no answer yet. */
  readonly unansweredMs: number | undefined;
}

/**
 * Notices a silent peer, and one that takes nothing however much it says. One timer, however much traffic there is: bytes only move a time stamp.
 *
 * While reading is paused by us, silence proves nothing and the deadline is suspended.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #lastByteAt: number;
  #pingedAt: number | undefined;
  #roundTripMs: number | undefined;
  #blockedSince: number | undefined;
  #blockedBytes = 0;
  #blockedTaken = 0;
  /** What was taken at the last look for it. */
  #taken = 0;
  #paused = false;
  #timer: Timer | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#lastByteAt = options.clock.now();
    this.#wait(options.intervalMs);
  }

  alive(): void {
    this.#lastByteAt = this.#options.clock.now();
    if (this.#pingedAt === undefined) return;
    this.#roundTripMs = this.#lastByteAt - this.#pingedAt;
    this.#pingedAt = undefined;
  }

  get pulse(): Pulse {
    const now = this.#options.clock.now();
    return {
      silentMs: now - this.#lastByteAt,
      roundTripMs: this.#roundTripMs,
      unansweredMs: this.#pingedAt === undefined ? undefined : now - this.#pingedAt,
    };
  }

  /** The peer has taken what waited. */
  taken(): void {
    this.#blockedSince = undefined;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#lastByteAt = this.#options.clock.now();
    this.#pingedAt = undefined;
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #wait(delayMs: number): void {
    this.#timer = this.#options.clock.after(delayMs, () => this.#check());
  }

  #check(): void {
    const { clock, intervalMs, timeoutMs } = this.#options;
    const now = clock.now();
    if (this.#isStuck(now)) {
      this.#options.dead();
      return;
    }
    if (this.#paused) this.#lastByteAt = now;
    const silence = now - this.#lastByteAt;
    if (this.#pingedAt === undefined) {
      if (silence < intervalMs) {
        this.#wait(intervalMs - silence);
        return;
      }
      this.#pingedAt = now;
      this.#takes();
      const asked = this.#options.ping();
      if (!asked) this.#pingedAt = undefined;
      this.#wait(asked ? timeoutMs / 2 : intervalMs);
      return;
    }
    const waited = now - this.#pingedAt;
    if (waited < timeoutMs) {
      // What counts is taken in the second half. Timers are a little early at times: the end of it is no new beginning.
      if (waited < 0.75 * timeoutMs) this.#takes();
      this.#wait(timeoutMs - waited);
      // The ping stands in line behind a large message on a slow line.
    } else if (this.#takes()) this.#wait(timeoutMs);
    else this.#yieldOnce();
  }

  /** Whether the peer has taken some of a large message since the last look; the end of one is still under way when it is gone. */
  #takes(): boolean {
    const { pending, taken } = this.#options.uptake();
    const grown = taken - this.#taken;
    this.#taken = taken;
    return grown > (pending ? 0 : SMALL_BYTES);
  }

  /** Whether the peer has taken nothing for as long as it may be silent. */
  #isStuck(now: number): boolean {
    const { blockedBytes, intervalMs, timeoutMs } = this.#options;
    const bytes = blockedBytes();
    const { taken } = this.#options.uptake();
    const takes = taken > this.#blockedTaken;
    // While we read nothing the peer may be waiting for just that.
    if (
      bytes === undefined ||
      this.#blockedSince === undefined ||
      bytes < this.#blockedBytes ||
      takes ||
      this.#paused
    ) {
      this.#blockedSince = bytes === undefined ? undefined : now;
      this.#blockedBytes = bytes ?? 0;
      this.#blockedTaken = taken;
      return false;
    }
    return now - this.#blockedSince >= intervalMs + timeoutMs;
  }

  /** A blocked event loop makes timers fire before the bytes that are already there were read: read those first. */
  #yieldOnce(): void {
    this.#timer = this.#options.clock.after(0, () => {
      this.#timer = this.#options.clock.after(0, () => {
        if (this.#pingedAt === undefined || this.#paused) this.#wait(this.#options.intervalMs);
        else if (this.#options.mayBeBusy()) this.#wait(this.#options.timeoutMs);
        else this.#options.dead();
      });
    });
  }
}
