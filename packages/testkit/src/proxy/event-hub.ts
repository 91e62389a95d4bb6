type Listeners<Events> = { readonly [Name in keyof Events]: Set<(event: Events[Name]) => void> };

/** Listeners by event name. */
export class EventHub<Events> {
  readonly #listeners: Listeners<Events>;

  /** @param listeners An empty set for every name. */
  constructor(listeners: Listeners<Events>) {
    this.#listeners = listeners;
  }

  /** Calls the listener for every event of that name, synchronously, until the returned function is called. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    const listeners: Listeners<Events>[Name] = this.#listeners[name];
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  /** Settles with the next event of that name that matches. */
  next<Name extends keyof Events>(
    name: Name,
    matches: (event: Events[Name]) => boolean = () => true,
  ): Promise<Events[Name]> {
    return new Promise((resolve) => {
      const stop = this.on(name, (event) => {
        if (!matches(event)) return;
        stop();
        resolve(event);
      });
    });
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    const listeners: Listeners<Events>[Name] = this.#listeners[name];
    for (const listener of listeners) listener(event);
  }
}
