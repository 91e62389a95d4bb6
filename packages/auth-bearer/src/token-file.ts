import { type AuthContext, type CredentialReason, DialError } from "@mcp-router/core/plugin";
import { checkToken } from "./check-token.ts";
import { readTokenFile, stampOf } from "./read-token-file.ts";
import { monotonicExpiry } from "./token-expiry.ts";
import type { TokenSource } from "./token-source.ts";
import { WarnOnce } from "./warn-once.ts";

/** Milliseconds between two looks at the file. */
const POLL_MS = 1000;

/** Permission bits of group and others. */
const NOT_OWNER = 0o077;

/**
 * A token in a file, watched from its first use on.
 *
 * The file is compared by stat once a second rather than by events: those do not cross network file systems, and miss the
 * symbolic links that Kubernetes swaps to rotate a secret. A bad change (file gone, unreadable, no token) keeps the old token.
 */
export class TokenFile implements TokenSource {
  readonly name: string;
  readonly renewal: string;
  readonly #path: string;
  readonly #context: AuthContext;
  readonly #warnings: WarnOnce;
  readonly #pollMs: number;
  #token: string | undefined;
  #stamp: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failing = false;

  /** @param pollMs Milliseconds between two looks at the file. */
  constructor(path: string, context: AuthContext, pollMs: number = POLL_MS) {
    this.name = `the file ${path}`;
    this.renewal = `Put a valid token into ${path}; the router notices within a second.`;
    this.#path = path;
    this.#context = context;
    this.#warnings = new WarnOnce(context.log);
    this.#pollMs = pollMs;
  }

  /** Of a JWT: reading the file again then may find another. */
  get expiresAt(): number | undefined {
    return this.#token === undefined ? undefined : monotonicExpiry(this.#token);
  }

  async read(reason: CredentialReason): Promise<string> {
    this.#watch();
    try {
      const { token, before } = await this.#load();
      // Whoever asks gets the new token; connections that are open learn of it this way.
      if (before !== undefined && before !== token) this.#announce();
      return token;
    } catch (error) {
      // After a rejection the old token is no help; before, it may still be good.
      if (this.#token === undefined || reason === "rejected") throw error;
      this.#keepOld(error);
      return this.#token;
    }
  }

  /** Compares the file with what was read last, and reads it again when it is another one. Never fails. */
  async check(): Promise<void> {
    const stamp = await stampOf(this.#path);
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    try {
      const { token, before } = await this.#load();
      if (before !== token) this.#announce();
    } catch (error) {
      this.#keepOld(error);
    }
  }

  async #load(): Promise<{ readonly token: string; readonly before: string | undefined }> {
    const { text, stamp, mode } = await readTokenFile(this.#path);
    this.#stamp = stamp;
    if (process.platform !== "win32" && (mode & NOT_OWNER) !== 0) {
      const bits = mode.toString(8).padStart(4, "0");
      this.#warnings.warn(
        `the token file ${this.#path} is open to others than its owner (mode ${bits}); chmod 600 keeps it private`,
      );
    }
    const token = checkToken(text, this.name, this.#warnings.warn);
    const before = this.#token;
    this.#token = token;
    this.#failing = false;
    return { token, before };
  }

  #announce(): void {
    if (!this.#context.signal.aborted) this.#context.changed();
  }

  /** Said once for each time the file turns bad. Without a token the dial has said it already. */
  #keepOld(error: unknown): void {
    if (this.#failing || this.#token === undefined || this.#context.signal.aborted) return;
    this.#failing = true;
    const why = DialError.is(error) ? error.message : String(error);
    this.#context.log.warn(`${why} The token read before stays in use.`);
  }

  #watch(): void {
    const { signal } = this.#context;
    if (this.#timer !== undefined || signal.aborted) return;
    const look = (): void => {
      void this.check().then(() => {
        if (!signal.aborted) wait();
      });
    };
    const wait = (): void => {
      // The watch must not keep a process alive that has nothing else to do.
      this.#timer = setTimeout(look, this.#pollMs).unref();
    };
    wait();
    signal.addEventListener("abort", () => clearTimeout(this.#timer), { once: true });
  }
}
