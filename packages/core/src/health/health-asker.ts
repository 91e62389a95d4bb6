import type { Clock, Timer } from "../clock.ts";
import { escapeForPeople } from "../errors/escape.ts";
import { messageOf } from "../host/tap-faults.ts";
import { bounded } from "../link/bounded.ts";
import { orAborted } from "../link/or-aborted.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { HealthProbe } from "../plugin/link-health.ts";
import type { HealthAnswer, Transport } from "../plugin/transport.ts";

const GOOD = 200;

export interface HealthAskerOptions {
  readonly endpoint: Endpoint;
  readonly transport: Pick<Transport, "health">;
  /** `gateway.health.url`. */
  readonly url: URL | undefined;
  /** Milliseconds between questions; 0 asks only when told to. */
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly answered: (answer: HealthAnswer) => void;
}

/** Asks the HTTP health endpoint of one gateway, now and again, and keeps the latest answer. */
export class HealthAsker {
  readonly #options: HealthAskerOptions;
  #latest: Omit<HealthProbe, "ageMs"> | undefined;
  #latestAt = 0;
  #asking: Promise<void> | undefined;
  #timer: Timer | undefined;
  #started = false;

  constructor(options: HealthAskerOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => this.#timer?.cancel(), { once: true });
  }

  get latest(): HealthProbe | undefined {
    if (this.#latest === undefined) return undefined;
    return { ...this.#latest, ageMs: this.#options.clock.now() - this.#latestAt };
  }

  /** The endpoint is being used from now on. Asks at once and then regularly, when it should. */
  start(): void {
    if (this.#started || this.#options.intervalMs === 0) return;
    this.#started = true;
    this.#askAgain();
  }

  /** Asks now; who asks while an answer is awaited waits for that one. Never rejects. */
  async ask(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
  }

  #askAgain(): void {
    // The promise has its owner here: asking never rejects.
    void this.ask().then(() => {
      const { clock, intervalMs, signal } = this.#options;
      if (!signal.aborted) this.#timer = clock.after(intervalMs, () => this.#askAgain());
    });
  }

  async #ask(): Promise<void> {
    const { endpoint, transport, url, clock, signal, answered } = this.#options;
    if (transport.health === undefined) return;
    const startedAt = clock.now();
    const limitMs = endpoint.connection.timeoutMs;
    const asking = transport.health.bind(transport);
    let found: Omit<HealthProbe, "tookMs" | "ageMs">;
    let late = false;
    try {
      const answer = await bounded({ clock, limitMs, stopped: signal }, async (limit) => {
        limit.addEventListener("abort", () => (late = true), { once: true });
        return await orAborted(asking(endpoint, url, limit), limit);
      });
      found = {
        url: answer.url,
        ok: answer.status === GOOD,
        status: answer.status,
        says: answer.says === undefined ? undefined : escapeForPeople(answer.says),
        error: undefined,
      };
      answered(answer);
    } catch (cause) {
      if (signal.aborted) return;
      const error = late ? `no answer within ${limitMs} ms` : escapeForPeople(messageOf(cause));
      found = {
        url: url === undefined ? undefined : url.origin + url.pathname,
        ok: false,
        status: undefined,
        says: undefined,
        error,
      };
    }
    this.#latestAt = clock.now();
    this.#latest = { ...found, tookMs: this.#latestAt - startedAt };
  }
}
