import { setTimeout as wait } from "node:timers/promises";

import type { Listener } from "./listener.ts";

const RETRY_MS = 50;

/** A listener that can be closed for a while and opened again on the same port. */
export class Door {
  readonly url: string;
  readonly port: number;
  readonly healthUrl: string;
  readonly #listen: (port: number) => Promise<Listener>;
  #listener: Listener;

  private constructor(listener: Listener, listen: (port: number) => Promise<Listener>) {
    this.url = listener.url;
    this.port = listener.port;
    this.healthUrl = listener.healthUrl;
    this.#listener = listener;
    this.#listen = listen;
  }

  /** Opens it for the first time; rejects when the port is taken. */
  static async open(listen: (port: number) => Promise<Listener>, port: number): Promise<Door> {
    return new Door(await listen(port), listen);
  }

  /** Closes the port and settles when the last connection has ended. */
  close(): Promise<void> {
    return this.#listener.close();
  }

  /** Opens the port again. Somebody else may have it by now: then tries until it is free, or the signal ends that. */
  async reopen(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.#listener = await this.#listen(this.port);
        return;
      } catch {
        await wait(RETRY_MS, undefined, { signal }).catch(() => {});
      }
    }
  }
}
