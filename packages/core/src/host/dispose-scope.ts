import type { Clock } from "../clock.ts";
import type { DisposeReason } from "../plugin/host.ts";
import { messageOf } from "./tap-faults.ts";
import { within } from "./within.ts";

export type Dispose = (reason: DisposeReason) => void | Promise<void>;

/**
 * Collects what must be undone, and undoes it in reverse order: everything is called, each with a deadline, and what
 * failed is collected instead of stopping the rest.
 */
export class DisposeScope {
  readonly #owner: string;
  readonly #clock: Clock;
  #entries: Dispose[] = [];
  #disposed = false;

  constructor(owner: string, clock: Clock) {
    this.#owner = owner;
    this.#clock = clock;
  }

  /** Registers `dispose`. In a scope that is disposed already it runs at once, so that a late opener leaks nothing. */
  add(dispose: Dispose): void {
    if (this.#disposed) void this.#run(dispose, "stop", 0);
    else this.#entries.push(dispose);
  }

  /** @returns what went wrong, in words; empty when all went well. */
  async dispose(reason: DisposeReason, deadlineMs: number): Promise<readonly string[]> {
    if (this.#disposed) return [];
    this.#disposed = true;
    const failures: string[] = [];
    for (const entry of this.#entries.reverse()) {
      const failure = await this.#run(entry, reason, deadlineMs);
      if (failure !== undefined) failures.push(`${this.#owner}: ${failure}`);
    }
    this.#entries = [];
    return failures;
  }

  async #run(dispose: Dispose, reason: DisposeReason, deadlineMs: number): Promise<string | undefined> {
    try {
      const running = dispose(reason);
      if (running !== undefined) await within(this.#clock, deadlineMs, running, `took longer than ${deadlineMs} ms`);
      return undefined;
    } catch (cause) {
      return `dispose failed: ${messageOf(cause)}`;
    }
  }
}
