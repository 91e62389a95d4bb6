/** Keeps what arrives until somebody asks for it. */
export class Mailbox<T> {
  readonly #items: T[] = [];
  readonly #waiting: {
    readonly matches: (item: T) => boolean;
    readonly take: (item: T) => void;
    readonly fail: (cause: Error) => void;
  }[] = [];
  #failure: Error | undefined;

  /** What has arrived and nobody has taken. */
  get items(): readonly T[] {
    return this.#items;
  }

  put(item: T): void {
    const index = this.#waiting.findIndex(({ matches }) => matches(item));
    const [waiter] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (waiter === undefined) this.#items.push(item);
    else waiter.take(item);
  }

  /** Nothing will arrive any more. */
  fail(cause: Error): void {
    this.#failure ??= cause;
    for (const { fail } of this.#waiting.splice(0)) fail(cause);
  }

  /** The first item that matches, now or when it arrives. */
  next(matches: (item: T) => boolean = () => true): Promise<T> {
    const index = this.#items.findIndex(matches);
    const [item] = index < 0 ? [] : this.#items.splice(index, 1);
    if (item !== undefined) return Promise.resolve(item);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((take, fail) => this.#waiting.push({ matches, take, fail }));
  }
}
