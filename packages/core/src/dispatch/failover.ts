import type { Clock, Timer } from "../clock.ts";
import type { Logger } from "../plugin/logger.ts";
import type { EndpointPool } from "./endpoint-pool.ts";

/** An endpoint that does not answer at once gets this many milliseconds before the next one is tried beside it. */
const HEAD_START_MS = 250;
/** A better endpoint must have been there for so long before the session moves back to it. */
const FIRST_RETURN_MS = 1000;
const LONGEST_RETURN_MS = 60_000;
/** An endpoint that is lost sooner than this after a return has come back too early. */
const STABLE_MS = 60_000;

export interface FailoverOptions {
  /** Best first. */
  readonly pools: readonly EndpointPool[];
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether the session could go on elsewhere now. Where nothing is left it goes on elsewhere in any case. */
  readonly mayMove: () => boolean;
  /** The session moves to this pool. */
  readonly activated: (pool: EndpointPool) => void;
}

/**
 * Chooses the endpoint that serves: the best one that can be reached. When it is refused or lost the next one is tried;
 * the better ones are dialled on, and the session moves back to one that has proved to be there.
 */
export class Failover {
  readonly #options: FailoverOptions;
  #active: EndpointPool | undefined;
  #activeSince = 0;
  /** The session has moved back to it, rather than on to it. */
  #returned = false;
  #nextTimer: Timer | undefined;
  #returnTimer: Timer | undefined;
  /** Which pool the timer is for. */
  #returnTo: EndpointPool | undefined;
  #returnMs = FIRST_RETURN_MS;

  constructor(options: FailoverOptions) {
    this.#options = options;
  }

  /** The pool that serves; undefined while none can. */
  get active(): EndpointPool | undefined {
    return this.#active;
  }

  /** Starts with the best endpoint. Does nothing when it has started. */
  start(): void {
    const { pools } = this.#options;
    if (pools.some(({ started }) => started)) return;
    pools[0]?.start();
    this.#giveHeadStart();
  }

  ready(pool: EndpointPool): void {
    if (pool === this.#active) return;
    if (this.#active === undefined) this.#activate(pool);
    else if (this.#isBetter(pool, this.#active)) this.#awaitReturn();
    else pool.retire();
  }

  down(pool: EndpointPool): void {
    const { clock, pools } = this.#options;
    if (pool !== this.#active) {
      // It may have been the one to return to.
      this.#awaitReturn();
      return;
    }
    this.#active = undefined;
    const early = this.#returned && clock.now() - this.#activeSince < STABLE_MS;
    this.#returnMs = early ? Math.min(this.#returnMs * 2, LONGEST_RETURN_MS) : FIRST_RETURN_MS;
    this.#returned = false;
    const standby = pools.find(({ home }) => home !== undefined);
    if (standby !== undefined) this.#activate(standby);
    else this.#giveHeadStart();
  }

  /** An endpoint cannot be reached: no need to give it more time. */
  refused(): void {
    if (this.#active === undefined) this.#startNext();
  }

  stop(): void {
    this.#nextTimer?.cancel();
    this.#returnTimer?.cancel();
  }

  #isBetter(pool: EndpointPool, than: EndpointPool): boolean {
    const { pools } = this.#options;
    return pools.indexOf(pool) < pools.indexOf(than);
  }

  #giveHeadStart(): void {
    const { pools, clock } = this.#options;
    this.#nextTimer?.cancel();
    this.#nextTimer = undefined;
    if (pools.every(({ started }) => started)) return;
    this.#nextTimer = clock.after(HEAD_START_MS, () => this.#startNext());
  }

  #startNext(): void {
    const next = this.#options.pools.find(({ started }) => !started);
    next?.start();
    this.#giveHeadStart();
  }

  #activate(pool: EndpointPool): void {
    const { pools, clock, log, activated } = this.#options;
    if (this.#active !== undefined || pools[0] !== pool) {
      log.warn({ endpoint: pool.endpoint.name }, "the session goes on at this endpoint");
    }
    this.#nextTimer?.cancel();
    this.#nextTimer = undefined;
    this.#active = pool;
    this.#activeSince = clock.now();
    activated(pool);
    // What was sent on the occasion may have shown that it is gone already.
    if (this.#active !== pool) return;
    for (const other of pools) if (this.#isBetter(pool, other) && other.started) other.retire();
    this.#awaitReturn();
  }

  /** Waits until the best endpoint that is there, and better than the one in use, has been there for a while. */
  #awaitReturn(): void {
    const { clock, mayMove } = this.#options;
    const target = this.#better();
    if (target !== undefined && target === this.#returnTo) return;
    this.#returnTo = target;
    this.#returnTimer?.cancel();
    this.#returnTimer = undefined;
    if (target === undefined) return;
    this.#returnTimer = clock.after(this.#returnMs, () => {
      this.#returnTimer = undefined;
      this.#returnTo = undefined;
      const better = this.#better();
      if (better === undefined) return;
      if (!mayMove()) this.#awaitReturn();
      else {
        this.#activate(better);
        this.#returned = true;
      }
    });
  }

  #better(): EndpointPool | undefined {
    const active = this.#active;
    if (active === undefined) return undefined;
    return this.#options.pools.find((pool) => pool.home !== undefined && this.#isBetter(pool, active));
  }
}
