import type { ServiceKey } from "../plugin/service-key.ts";

/** The services of one generation, by the name of their key. */
export class Services {
  readonly #provided = new Map<string, { readonly owner: string; readonly service: unknown }>();

  /** @throws Error when another plugin provides that key already. */
  provide<T>(owner: string, key: ServiceKey<T>, service: T): void {
    const present = this.#provided.get(key.name);
    if (present !== undefined) throw new Error(`the service "${key.name}" is provided by ${present.owner} already`);
    this.#provided.set(key.name, { owner, service });
  }

  use<T>(key: ServiceKey<T>): T | undefined {
    const present = this.#provided.get(key.name);
    return present === undefined ? undefined : typed(key, present.service);
  }
}

/** The key's type parameter is the only type information there is: who provides under a key vouches for it. */
function typed<T>(_key: ServiceKey<T>, service: unknown): T {
  return service as T;
}
