import type { BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";

/** Milliseconds between two looks at the files. */
const POLL_MS = 1000;

export interface WatchedMaterialOptions<Value> {
  readonly paths: readonly string[];
  /** Reads the files; throws when they hold nothing that can be used. */
  readonly read: () => Promise<Value>;
  readonly same: (before: Value, after: Value) => boolean;
  /** The files have become unusable, and what was read before stays in use. Called once each time that happens. */
  readonly kept: (cause: unknown) => void;
  /** How many looks in a row have to fail before that is said. Default 1; several files are seldom replaced in one step. */
  readonly patience?: number;
  /** Milliseconds between two looks, for tests. Default 1000. */
  readonly pollMs?: number;
}

/**
 * Something that is read from files, and read again when one of them changes.
 *
 * Files are compared by stat rather than by events: those do not cross network file systems, and miss the symbolic links that
 * Kubernetes swaps.
 */
export class WatchedMaterial<Value> {
  readonly #options: WatchedMaterialOptions<Value>;
  #read: { readonly value: Value } | undefined;
  #stamp: string | undefined;
  #looking: Promise<Value> | undefined;
  /** Looks in a row that found nothing usable. */
  #failures = 0;
  #changed: (() => void) | undefined;

  constructor(options: WatchedMaterialOptions<Value>) {
    this.#options = options;
  }

  /** What was read last. */
  get value(): Value | undefined {
    return this.#read?.value;
  }

  /**
   * Looks at the files, and gives what holds from now on.
   *
   * @throws whatever reading throws, as long as nothing was read before.
   */
  async refresh(): Promise<Value> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return await this.#looking;
  }

  /** Looks at the files once a second until the signal aborts. `changed` is also called for what {@link refresh} finds. */
  watch(signal: AbortSignal, changed: () => void): void {
    if (this.#changed !== undefined || signal.aborted) return;
    this.#changed = changed;
    let timer: NodeJS.Timeout | undefined;
    const look = (): void => {
      // Without anything read, whoever asks for it is told why.
      void this.refresh().then(wait, wait);
    };
    const wait = (): void => {
      // The watch must not keep a process alive that has nothing else to do.
      if (!signal.aborted) timer = setTimeout(look, this.#options.pollMs ?? POLL_MS).unref();
    };
    wait();
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        this.#changed = () => {};
      },
      { once: true },
    );
  }

  async #look(): Promise<Value> {
    const { paths, read, same, kept, patience = 1 } = this.#options;
    // Before the content: a change in between shows at the next look.
    const stamp = await stampOf(paths);
    const before = this.#read;
    if (before !== undefined && stamp === this.#stamp) return before.value;
    this.#stamp = stamp;
    try {
      const value = await read();
      const isNews = before === undefined ? this.#failures > 0 : !same(before.value, value);
      this.#failures = 0;
      this.#read = { value };
      if (isNews) this.#changed?.();
      return value;
    } catch (cause) {
      this.#failures++;
      this.#stamp = undefined;
      if (before === undefined) throw cause;
      if (this.#failures === patience) kept(cause);
      return before.value;
    }
  }
}

/** Equal as long as every path leads to the same file, unchanged. */
async function stampOf(paths: readonly string[]): Promise<string> {
  const stamps = await Promise.all(
    paths.map(async (path) => await stat(path, { bigint: true }).then(written, () => "")),
  );
  return stamps.join(" ");
}

function written({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(":");
}
