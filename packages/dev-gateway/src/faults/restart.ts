import { setTimeout as wait } from "node:timers/promises";

import type { FaultContext } from "./fault.ts";

const SERVICE_RESTART = 1012;

/** How a gateway restarts. */
export interface RestartOptions {
  /**
   * How connections end. `crash`: sockets end without a word and servers are killed; `close`: close code 1012.
   * Default `crash`.
   */
  readonly how?: "crash" | "close" | undefined;
  /** How long nobody is served, in milliseconds. Default 1000. */
  readonly downMs?: number | undefined;
  /**
   * What clients meet meanwhile. `port`: nobody listens, as on a machine where the process is gone; `503`: upgrades and
   * `/health` are answered with 503, as by a load balancer whose gateway is gone; over tcp, where nothing can say so, it
   * is `port`. Default `port`.
   */
  readonly refuse?: "port" | "503" | undefined;
}

/** What a restart does to the gateway. */
export interface Restartable {
  /** Whether clients come by an upgrade, which can be refused. */
  readonly hasUpgrades: boolean;
  /** Closes the port, and nothing else. */
  closePort(): Promise<void>;
  /** Listens again on the same port, as soon as it can be had, unless the signal comes before that. */
  openPort(signal: AbortSignal): Promise<void>;
  /** Ends the sessions as a crash does. */
  kill(): void;
  /** Ends the sessions with a close frame. */
  close(code: number, reason: string): void;
}

/** Takes the gateway down for a while. Two restarts at a time are one. */
export class Restart {
  readonly #gateway: Restartable;
  readonly #context: FaultContext;
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;
  #backAt: number | undefined;

  constructor(gateway: Restartable, context: FaultContext) {
    this.#gateway = gateway;
    this.#context = context;
  }

  /** While upgrades are refused with 503: the seconds until they are not. */
  get retryAfter(): number | undefined {
    return this.#backAt === undefined ? undefined : Math.max(1, Math.ceil((this.#backAt - performance.now()) / 1000));
  }

  /** Settles when the gateway serves again, or is closed for good. */
  restart(options: RestartOptions): Promise<void> {
    this.#running ??= this.#goDown(options).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** No port is opened any more. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #goDown({ how = "crash", downMs = 1000, ...options }: RestartOptions): Promise<void> {
    const refuse = this.#gateway.hasUpgrades ? (options.refuse ?? "port") : "port";
    const { signal } = this.#stopped;
    this.#context.report("begins", `${how}, ${refuse === "port" ? "port closed" : "503"} for ${downMs} ms`);
    // The door first: nobody who is thrown out may come back in at once.
    const closed = refuse === "port" ? this.#gateway.closePort() : undefined;
    if (refuse === "503") this.#backAt = performance.now() + downMs;
    if (how === "crash") this.#gateway.kill();
    else this.#gateway.close(SERVICE_RESTART, "restart");
    await Promise.all([closed, wait(downMs, undefined, { signal }).catch(() => {})]);
    this.#backAt = undefined;
    if (refuse === "port") await this.#gateway.openPort(signal);
    if (!signal.aborted) this.#context.report("ends", "serves again");
  }
}
