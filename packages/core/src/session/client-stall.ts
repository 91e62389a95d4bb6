import type { Clock, Timer } from "../clock.ts";
import type { Logger } from "../plugin/logger.ts";

/** A word in the log after this many milliseconds. */
const TOLD_AFTER_MS = 30_000;
/** A client this slow, in bytes a second, is slow and not gone: what waits for it may take its time. */
const SLOWEST = 10_000;

export interface ClientStallOptions {
  /** Milliseconds in which the client must have read something; 0 waits for ever. */
  readonly limitMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** How much waits for the client to read. */
  readonly waitingBytes: () => number;
  /** The client has read nothing for too long. */
  readonly gone: () => void;
}

/**
 * Watches a client that does not read. Streams tell only when all that was written is read, so the time it has grows with
 * what waits.
 */
export class ClientStall {
  readonly #options: ClientStallOptions;
  #timer: Timer | undefined;

  constructor(options: ClientStallOptions) {
    this.#options = options;
  }

  /** The client takes no more for now. */
  full(): void {
    const { limitMs, clock, log, waitingBytes } = this.#options;
    if (limitMs === 0 || this.#timer !== undefined) return;
    const wholeMs = limitMs + (waitingBytes() / SLOWEST) * 1000;
    const toldMs = Math.min(TOLD_AFTER_MS, wholeMs);
    this.#timer = clock.after(toldMs, () => {
      log.warn({ bytes: waitingBytes() }, "the client does not read what the gateway has answered");
      this.#timer = clock.after(wholeMs - toldMs, () => this.#giveUp());
    });
  }

  /** The client has read everything. */
  drained(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #giveUp(): void {
    this.#options.log.warn(
      { bytes: this.#options.waitingBytes() },
      "the client reads nothing any more: it counts as gone",
    );
    this.#options.gone();
  }
}
