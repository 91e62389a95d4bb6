/**
 * Values by name, typed only by who asks for them. Plugins that share a service or keep state agree on the type through a
 * key; there is nothing at run time to check it against.
 */
export class UntypedStore {
  readonly #values = new Map<string, unknown>();

  set(name: string, value: unknown): void {
    this.#values.set(name, value);
  }

  delete(name: string): void {
    this.#values.delete(name);
  }

  get<T>(name: string): T | undefined {
    return this.#values.get(name) as T | undefined;
  }
}
