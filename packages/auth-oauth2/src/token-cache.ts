import { createHash } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { withProcessLock } from "./process-lock.ts";
import { readEntry, type SharedEntry, writeEntry } from "./shared-token.ts";
import { prepareFolder, readPrivate, UnsafeFile, writePrivate } from "./token-folder.ts";

export interface TokenCacheOptions {
  /** The folder of all tokens; undefined shares nothing. */
  readonly folder: string | undefined;
  /** What makes this sign-in another one than any other. */
  readonly identity: readonly string[];
  readonly warn: (message: string) => void;
}

/**
 * What the routers of one user share about one sign-in: a file, and a lock for whoever asks for a new token. A cache that
 * cannot be used is one warning, and every router then is on its own.
 */
export class TokenCache {
  /** The file; that of a cache that shares nothing does not exist. */
  readonly path: string;
  readonly #folder: string | undefined;
  readonly #warn: (message: string) => void;
  #said = false;

  constructor({ folder, identity, warn }: TokenCacheOptions) {
    const name = createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 40);
    this.#folder = folder;
    this.path = join(folder ?? "", `${name}.json`);
    this.#warn = warn;
  }

  get #aside(): string {
    return `${this.path}.broken`;
  }

  isSame(other: TokenCache): boolean {
    return this.path === other.path;
  }

  /** Forgets what was written. False when there was nothing. */
  async clear(): Promise<boolean> {
    if (this.#folder === undefined) return false;
    await rm(this.#aside, { force: true });
    return await rm(this.path).then(
      () => true,
      () => false,
    );
  }

  /** What was written last, by whichever router. */
  async read(): Promise<SharedEntry | undefined> {
    if (this.#folder === undefined) return undefined;
    try {
      const text = await readPrivate(this.path);
      if (text === undefined) return undefined;
      const entry = readEntry(text);
      if (entry === undefined) await this.#setAside("it holds no token of this version");
      return entry;
    } catch (cause) {
      // A file that cannot be opened for now may hold somebody's sign-in.
      if (!(cause instanceof UnsafeFile)) this.#cannot(cause);
      else await this.#setAside(cause.message).catch((error: unknown) => this.#cannot(error));
      return undefined;
    }
  }

  async write(entry: SharedEntry): Promise<void> {
    if (this.#folder === undefined) return;
    try {
      await prepareFolder(this.#folder);
      await writePrivate(this.path, writeEntry(entry));
    } catch (cause) {
      this.#cannot(cause);
    }
  }

  /**
   * Runs `work` while no other router asks for the same token.
   *
   * @throws the reason of `signal`, and what `work` throws.
   */
  async locked<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    let working = false;
    const once = async (): Promise<T> => {
      working = true;
      return await work();
    };
    if (this.#folder === undefined) return await once();
    try {
      await prepareFolder(this.#folder);
      return await withProcessLock(`${this.path}.lock`, signal, once);
    } catch (cause) {
      if (working || signal.aborted) throw cause;
      this.#cannot(cause);
      return await once();
    }
  }

  /** A file that cannot be used must not be in the way of one that can; whoever wonders finds it beside. */
  async #setAside(why: string): Promise<void> {
    const aside = this.#aside;
    await rename(this.path, aside);
    this.#warn(`a file of shared tokens cannot be used: ${why}; it is now ${aside}, and a new token is asked for`);
  }

  #cannot(cause: unknown): void {
    if (this.#said) return;
    this.#said = true;
    this.#warn(
      `tokens are not shared between routers: ${whyOf(cause)}; auth.token_cache: false asks for that without this warning`,
    );
  }
}

function whyOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
