import type { ServiceKey } from "../plugin/service-key.ts";
import { UntypedStore } from "./untyped-store.ts";

/** The services of one generation, by the name of their key. */
export class Services {
  readonly #services = new UntypedStore();
  readonly #owners = new Map<string, string>();

  /** @throws Error when another plugin provides that key already. */
  provide<T>(owner: string, key: ServiceKey<T>, service: T): void {
    const present = this.#owners.get(key.name);
    if (present !== undefined) throw new Error(`the service "${key.name}" is provided by ${present} already`);
    this.#owners.set(key.name, owner);
    this.#services.set(key.name, service);
  }

  /** Takes back what a plugin provides that could not be applied. */
  forget(owner: string): void {
    for (const [name, provider] of this.#owners) {
      if (provider !== owner) continue;
      this.#owners.delete(name);
      this.#services.delete(name);
    }
  }

  use<T>(key: ServiceKey<T>): T | undefined {
    return this.#services.get<T>(key.name);
  }
}
