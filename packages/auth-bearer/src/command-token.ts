import { type AuthContext, type CredentialReason, DialError } from "@mcp-router/core/plugin";
import { checkToken } from "./check-token.ts";
import { runCommand } from "./run-command.ts";
import { monotonicExpiry } from "./token-expiry.ts";
import type { TokenSource } from "./token-source.ts";
import { WarnOnce } from "./warn-once.ts";

/** Milliseconds that the program may take. */
const TIMEOUT_MS = 10_000;

export interface CommandTokenOptions {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** How long a token is used, in milliseconds; undefined: until it says that it ends, or is rejected. */
  readonly ttlMs: number | undefined;
  /** Default 10 000. */
  readonly timeoutMs?: number;
}

/**
 * The token that a program prints. It runs for the first dial, when the token is about to expire, and when the gateway has
 * rejected it; whoever asks while it runs waits for that run.
 */
export class CommandToken implements TokenSource {
  readonly name: string;
  readonly renewal: string;
  readonly #options: CommandTokenOptions;
  readonly #context: AuthContext;
  readonly #warnings: WarnOnce;
  #latest: { readonly token: string; readonly expiresAt: number | undefined } | undefined;
  #running: Promise<string> | undefined;

  constructor(options: CommandTokenOptions, context: AuthContext) {
    const [program = ""] = options.command;
    this.name = `the output of ${program} (gateway.auth.token_command)`;
    this.renewal = `Run ${program} by hand and see what it prints; the next dial runs it again.`;
    this.#options = options;
    this.#context = context;
    this.#warnings = new WarnOnce(context.log);
  }

  get expiresAt(): number | undefined {
    return this.#latest?.expiresAt;
  }

  async read(reason: CredentialReason, refused?: string): Promise<string> {
    // Each connection is refused by itself; the first one has had the program run.
    const isOlder = reason === "rejected" && refused !== undefined && refused !== this.#latest?.token;
    if (reason === "dial" || reason === "changed" || isOlder) {
      const { token, expiresAt = Number.POSITIVE_INFINITY } = this.#latest ?? { expiresAt: 0 };
      if (token !== undefined && performance.now() < expiresAt) return token;
    }
    // It outlives a dial that gives up on it: the next one finds what it has printed.
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return await this.#running;
  }

  async #run(): Promise<string> {
    const { command, ttlMs, timeoutMs = TIMEOUT_MS } = this.#options;
    const { env, signal, log, resolvePath } = this.#context;
    const startedAt = performance.now();
    const output = await runCommand({
      command: withPath(command, resolvePath),
      directory: resolvePath("."),
      env,
      timeoutMs,
      signal,
      printed: (printed) => {
        const secret = textOf(printed).replace(/^bearer +/i, "");
        if (secret !== "") this.#context.secret(secret);
      },
      said: (line) => log.debug(`token_command: ${line}`),
    });
    const text = textOf(output);
    if (text === "") {
      throw new DialError("credential", `There is no token: ${this.name} is empty.`, {
        hint: "The program must print the token, and nothing else, to its standard output.",
        phase: "auth",
      });
    }
    const token = checkToken(text, this.name, this.#warnings.warn);
    const ends = [monotonicExpiry(token), ttlMs === undefined ? undefined : startedAt + ttlMs];
    const known = ends.filter((end) => end !== undefined);
    this.#latest = { token, expiresAt: known.length === 0 ? undefined : Math.min(...known) };
    return token;
  }
}

function textOf(output: string): string {
  return output.replace(/^\ufeff/, "").trimEnd();
}

/** A program with a path, rather than a name to search for, starts from the configuration file. */
function withPath([program = "", ...words]: readonly string[], resolvePath: (path: string) => string) {
  return [/[/\\]/.test(program) ? resolvePath(program) : program, ...words];
}
