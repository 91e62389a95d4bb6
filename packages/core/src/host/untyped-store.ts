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

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the asker names the type
  get<T>(name: string): T | undefined {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above: there is nothing to check against
    return this.#values.get(name) as T | undefined;
  }
}
