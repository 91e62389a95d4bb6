import type { FaultContext, FaultySession } from "./fault.ts";

/** How a gateway stops moving. */
export interface StallOptions {
  /** Default: until `release()`; 5000 for a stall that comes by itself. */
  readonly forMs?: number | undefined;
  /** What happens to clients that connect meanwhile. `hold` lets their upgrade wait too. Default `serve`. */
  readonly upgrades?: "serve" | "hold" | undefined;
}

/**
 * Connections that nobody reads or writes: TCP stays up, and not even a ping is answered. Of several stalls at a time the
 * last one says when all of them end.
 */
export class Stall {
  readonly #context: FaultContext;
  readonly #stalled = new Set<FaultySession>();
  #timer: NodeJS.Timeout | undefined;
  #upgrades: { readonly held: Promise<void>; readonly letGo: () => void } | undefined;

  constructor(context: FaultContext) {
    this.#context = context;
  }

  /** Settles when upgrades are answered again; nothing while they are. */
  get upgradesHeld(): Promise<void> | undefined {
    return this.#upgrades?.held;
  }

  stall({ forMs, upgrades = "serve" }: StallOptions, sessionId?: string): void {
    const lasts = forMs === undefined ? "until released" : `for ${forMs} ms`;
    for (const session of this.#context.sessions(sessionId)) {
      this.#stalled.add(session);
      session.stall();
      this.#context.report("begins", lasts, session.id);
    }
    if (upgrades === "hold") this.#upgrades ??= latch();
    clearTimeout(this.#timer);
    if (forMs !== undefined) this.#timer = setTimeout(() => this.release(), forMs);
  }

  release(): void {
    clearTimeout(this.#timer);
    for (const session of this.#stalled) {
      session.release();
      this.#context.report("ends", "released", session.id);
    }
    this.#stalled.clear();
    this.#upgrades?.letGo();
    this.#upgrades = undefined;
  }

  closed(session: FaultySession): void {
    if (this.#stalled.delete(session)) this.#context.report("ends", "closed", session.id);
  }
}

function latch(): { readonly held: Promise<void>; readonly letGo: () => void } {
  let letGo = (): void => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  return { held, letGo };
}
