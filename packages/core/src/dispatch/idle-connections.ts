import type { Clock, Timer } from "../clock.ts";
import type { Connection } from "./connection.ts";
import type { PoolLimits } from "./pool-options.ts";

/** Finds the connections that have been idle for too long, above the number that may stay. */
export class IdleConnections {
  readonly #clock: Clock;
  readonly #limits: PoolLimits;
  readonly #due: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, limits: PoolLimits, due: () => void) {
    this.#clock = clock;
    this.#limits = limits;
    this.#due = due;
  }

  /** Some connection beside the home has become idle: looks again when that may matter. */
  watch(): void {
    this.#timer ??= this.#clock.after(this.#limits.idleTimeoutMs, () => {
      this.#timer = undefined;
      this.#due();
    });
  }

  /** What should be closed now, longest idle first. The home never is. */
  surplus(home: Connection | undefined, others: Iterable<Connection>): readonly Connection[] {
    const idle = [...others].filter(({ lane, retiring }) => lane?.established === true && lane.load === 0 && !retiring);
    const mayStay = home?.lane?.load === 0 ? Math.max(0, this.#limits.maxIdle - 1) : this.#limits.maxIdle;
    if (idle.length <= mayStay) return [];
    const since = ({ idleSince = 0 }: Connection): number => idleSince;
    idle.sort((left, right) => since(left) - since(right));
    const latest = this.#clock.now() - this.#limits.idleTimeoutMs;
    const surplus = idle.slice(0, idle.length - mayStay).filter((connection) => since(connection) <= latest);
    if (idle.length - surplus.length > mayStay) this.watch();
    return surplus;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
