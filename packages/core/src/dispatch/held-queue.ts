/** Something that waits for a lane. */
export interface Held {
  readonly bytes: number;
}

export interface HeldLimits {
  readonly maxCount: number;
  readonly maxBytes: number;
}

/**
 * What waits for a lane, in the order it came, within a count and a byte limit. What was sent before and waits again goes
 * first, and needs no room: it was let in already.
 */
export class HeldQueue<T extends Held> {
  readonly #limits: HeldLimits;
  readonly #again = new Set<T>();
  readonly #items = new Set<T>();
  #bytes = 0;

  constructor(limits: HeldLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#again.size + this.#items.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** More waits than may: whoever adds should stop for a while. */
  get full(): boolean {
    return this.#items.size >= this.#limits.maxCount || this.#bytes > this.#limits.maxBytes;
  }

  /** @returns false when there is no room; an empty queue takes one item of any size. */
  add(item: T): boolean {
    const full = this.#items.size >= this.#limits.maxCount || this.#bytes + item.bytes > this.#limits.maxBytes;
    if (full && this.#items.size > 0) return false;
    this.force(item);
    return true;
  }

  /** Adds an item although there is no room, for a sender that looks at {@link HeldQueue.full} and stops. */
  force(item: T): void {
    this.#items.add(item);
    this.#bytes += item.bytes;
  }

  /** Adds an item that was sent once, ahead of all that were not. */
  addAgain(item: T): void {
    this.#again.add(item);
  }

  remove(item: T): boolean {
    if (this.#again.delete(item)) return true;
    const removed = this.#items.delete(item);
    if (removed) this.#bytes -= item.bytes;
    return removed;
  }

  /** In order; what is removed on the way does no harm. */
  *[Symbol.iterator](): Iterator<T> {
    yield* this.#again;
    yield* this.#items;
  }

  items(): readonly T[] {
    return [...this];
  }
}
