import type { GatewayEvents } from "./gateway-events.ts";

type Listeners = {
  readonly [Name in keyof GatewayEvents]: Set<(event: GatewayEvents[Name]) => void>;
};

/** Listeners by event name. */
export class GatewayEventHub {
  readonly #listeners: Listeners = {
    sessionOpened: new Set(),
    sessionClosed: new Set(),
    upgradeRefused: new Set(),
    received: new Set(),
    sent: new Set(),
    faulted: new Set(),
  };

  /** Calls the listener for every event of that name, synchronously, until the returned function is called. */
  on<Name extends keyof GatewayEvents>(name: Name, listener: (event: GatewayEvents[Name]) => void): () => void {
    const listeners: Listeners[Name] = this.#listeners[name];
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  /** Settles with the next event of that name that matches. */
  next<Name extends keyof GatewayEvents>(
    name: Name,
    matches: (event: GatewayEvents[Name]) => boolean = () => true,
  ): Promise<GatewayEvents[Name]> {
    return new Promise((resolve) => {
      const stop = this.on(name, (event) => {
        if (!matches(event)) return;
        stop();
        resolve(event);
      });
    });
  }

  /** Builds the event only when somebody listens. A listener that throws is a bug in a test: it is not caught. */
  emit<Name extends keyof GatewayEvents>(name: Name, build: () => GatewayEvents[Name]): void {
    const listeners: Listeners[Name] = this.#listeners[name];
    if (listeners.size === 0) return;
    const event = build();
    for (const listener of listeners) listener(event);
  }
}
