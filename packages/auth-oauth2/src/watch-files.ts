import { stat } from "node:fs/promises";

/** Milliseconds between two looks. */
const POLL_MS = 1000;

export interface FileWatchOptions {
  readonly paths: () => readonly string[];
  /** Called once for each {@link FileWatch.start}, when a file is another one than it was. */
  readonly changed: () => void;
  readonly signal: AbortSignal;
  /** Milliseconds between two looks. Default: 1000. */
  readonly pollMs?: number;
}

/** Compares files with what they were. It looks by itself only when told to, and does not wait for events: those do not cross network drives. */
export class FileWatch {
  readonly #options: FileWatchOptions;
  #before: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: FileWatchOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => this.#stop(), { once: true });
  }

  /** Takes the files as they are now, before they are read, for those that later ones are compared with. */
  async remember(): Promise<void> {
    this.#stop();
    this.#before = await this.#stamps();
  }

  async hasChanged(): Promise<boolean> {
    return this.#before !== undefined && this.#before !== (await this.#stamps());
  }

  /** Looks again and again, until there is a change. */
  start(): void {
    const { paths, changed, signal, pollMs = POLL_MS } = this.#options;
    if (paths().length === 0 || this.#timer !== undefined) return;
    const look = async (timer: NodeJS.Timeout): Promise<void> => {
      const found = await this.hasChanged();
      if (this.#timer !== timer) return;
      if (!found) return wait();
      this.#stop();
      changed();
    };
    const wait = (): void => {
      if (signal.aborted) return;
      const timer: NodeJS.Timeout = setTimeout(() => void look(timer), pollMs).unref();
      this.#timer = timer;
    };
    wait();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #stamps(): Promise<string> {
    const stamps = this.#options.paths().map(async (path) => {
      const found = await stat(path, { bigint: true }).catch(() => undefined);
      return found === undefined ? "" : [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(":");
    });
    return (await Promise.all(stamps)).join("|");
  }
}
