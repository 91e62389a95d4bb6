import type { Clock, Timer } from "../clock.ts";
import type { Connection } from "./connection.ts";

/** Connections that were opened together are not replaced together: up to this share of their time is left out. */
const SPREAD = 0.1;
/** What cannot be replaced now is looked at again after this many milliseconds. */
const SOON_MS = 1000;

/** Tells when a connection has reached its age. */
export class Lifetimes {
  readonly #clock: Clock;
  readonly #lifetimeMs: number;
  readonly #random: () => number;
  readonly #over: (connection: Connection) => void;
  readonly #timers = new Map<Connection, Timer>();

  /** @param lifetimeMs 0 for connections that grow as old as they may. */
  constructor(clock: Clock, lifetimeMs: number, random: () => number, over: (connection: Connection) => void) {
    this.#clock = clock;
    this.#lifetimeMs = lifetimeMs;
    this.#random = random;
    this.#over = over;
  }

  began(connection: Connection): void {
    if (this.#lifetimeMs > 0) this.#set(connection, this.#lifetimeMs * (1 - SPREAD * this.#random()));
  }

  /** It is over, and could not be replaced. */
  soon(connection: Connection): void {
    this.#set(connection, SOON_MS);
  }

  ended(connection: Connection): void {
    this.#timers.get(connection)?.cancel();
    this.#timers.delete(connection);
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #set(connection: Connection, delayMs: number): void {
    this.ended(connection);
    const timer = this.#clock.after(delayMs, () => {
      this.#timers.delete(connection);
      this.#over(connection);
    });
    this.#timers.set(connection, timer);
  }
}
