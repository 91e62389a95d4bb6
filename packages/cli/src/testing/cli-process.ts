import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The real command, as installed. */
export const BIN = fileURLToPath(new URL("../../bin/mcp-router.js", import.meta.url));

export interface CliOptions {
  readonly cwd: string;
  /** Added to an environment that holds nothing of the user's. */
  readonly env?: { readonly [name: string]: string };
  readonly nodeFlags?: readonly string[];
}

export interface CliResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `mcp-router`, with all that it has said so far. */
export class CliProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<CliResult>;
  #stdout = "";
  #stderr = "";
  readonly #lines: AsyncIterator<string>;

  constructor(words: readonly string[], { cwd, env = {}, nodeFlags = [] }: CliOptions) {
    this.child = spawn(process.execPath, [...nodeFlags, BIN, ...words], {
      cwd,
      env: {
        PATH: process.env["PATH"],
        HOME: cwd,
        XDG_CONFIG_HOME: `${cwd}/.xdg-config`,
        XDG_STATE_HOME: `${cwd}/.xdg-state`,
        ...env,
      },
    });
    this.child.stdout.on("data", (chunk: Buffer) => (this.#stdout += chunk.toString()));
    this.child.stderr.on("data", (chunk: Buffer) => (this.#stderr += chunk.toString()));
    // Whoever writes to a process that has ended learns it by `ended`.
    this.child.stdin.on("error", () => {});
    this.#lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.ended = once(this.child, "close").then(([exitCode, signal]) => ({
      exitCode,
      signal,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }));
  }

  get stderr(): string {
    return this.#stderr;
  }

  send(message: unknown): void {
    this.child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** The next line on stdout, parsed. */
  async receive(): Promise<unknown> {
    const { done, value } = await this.#lines.next();
    if (done === true) throw new Error(`stdout has ended; stderr: ${this.#stderr}`);
    return JSON.parse(value);
  }

  /** Settles when stdout holds the text. */
  async saysOnStdout(text: string): Promise<void> {
    while (!this.#stdout.includes(text)) await once(this.child.stdout, "data");
  }

  /** Settles when stderr holds the text. */
  async saysOnStderr(text: string): Promise<void> {
    while (!this.#stderr.includes(text)) await once(this.child.stderr, "data");
  }
}

/** Runs `mcp-router` to its end with a stdin of `input`. */
export async function runCli(
  words: readonly string[],
  options: CliOptions & { readonly input?: string },
): Promise<CliResult> {
  const cli = new CliProcess(words, options);
  cli.child.stdin.end(options.input ?? "");
  return await cli.ended;
}
