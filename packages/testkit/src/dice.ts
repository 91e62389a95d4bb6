/** Random numbers that are the same every time (mulberry32). */
export class Dice {
  readonly #seed: number;
  #state: number;

  /** @param seed Any integer; its lowest 32 bits count. */
  constructor(seed: number) {
    this.#seed = seed | 0;
    this.#state = this.#seed;
  }

  /** From 0 to 1, without 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    return scramble(this.#state) / 4_294_967_296;
  }

  /** `true` with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** An integer between these two, either included. */
  integer(lowest: number, highest: number): number {
    return lowest + Math.floor(this.next() * (highest - lowest + 1));
  }

  /** One of the items. */
  pick<T>(items: readonly [T, ...T[]]): T {
    return items[Math.floor(this.next() * items.length)] ?? items[0];
  }

  /** The same items in another order. */
  shuffle<T>(items: readonly T[]): T[] {
    // Each item beside its own throw: as good as Fisher-Yates as long as no two throws are equal, and much shorter.
    const shuffled = items.map((item) => ({ item, place: this.next() }));
    shuffled.sort((one, other) => one.place - other.place);
    return shuffled.map(({ item }) => item);
  }

  /** Other dice of the same seed, which do not depend on what was thrown before: one for each thing that throws by itself. */
  fork(salt: number): Dice {
    return new Dice(scramble(this.#seed ^ Math.imul(salt + 1, 0x9e3779b1)));
  }
}

function scramble(state: number): number {
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return (mixed ^ (mixed >>> 14)) >>> 0;
}
