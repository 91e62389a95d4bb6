import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { type JsonObject, layered } from "./json.ts";
import { type Scope, untilTestEnds } from "./scope.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** The command that users start. */
export const ROUTER_BIN = fileURLToPath(new URL("../../packages/cli/bin/mcp-router.js", import.meta.url));

/** A router with the configuration for tests, or one with a command line of the test's own. */
export type RouterOptions = CommonOptions & (ConfiguredRouter | { readonly command: readonly string[] });

interface ConfiguredRouter {
  /** `gateway.url`. */
  readonly url: string;
  /** Laid on the configuration for tests, which waits little. */
  readonly config?: JsonObject;
  /** Further words of the command line. */
  readonly words?: readonly string[];
}

interface CommonOptions {
  /** Added to an environment that holds nothing of the user's. */
  readonly env?: { readonly [name: string]: string };
  readonly nodeFlags?: readonly string[];
  /** A program that starts the router: its words, before those of the router. */
  readonly wrapper?: readonly string[];
  /** Further files beside the configuration, in the working directory of the router. */
  readonly files?: { readonly [path: string]: string };
  readonly scope?: Scope;
}

/** How to start the router, for tests that arrange its streams or its parent themselves. */
export interface RouterCommand {
  readonly directory: string;
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export interface RouterEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Short waits: tests neither sleep nor wait for the defaults. Jitter is off, so that a wait is as long as it says. */
function quickConfig(url: string): JsonObject {
  return {
    gateway: {
      url,
      connection: { timeout_ms: 2000 },
      reconnect: { initial_delay_ms: 20, max_delay_ms: 40, jitter: 0 },
    },
    local: { initialize_hold_ms: 1500, drain_timeout_ms: 1000 },
  };
}

export async function routerCommand(options: RouterOptions): Promise<RouterCommand> {
  const { env = {}, nodeFlags = [], files = {}, scope } = options;
  const directory = await temporaryDirectory(files, scope);
  const words = "command" in options ? options.command : await configured(options, directory);
  return {
    directory,
    words: [...nodeFlags, ROUTER_BIN, ...words],
    env: { PATH: process.env["PATH"], HOME: directory, ...env },
  };
}

async function configured({ url, config = {}, words = [] }: ConfiguredRouter, directory: string): Promise<string[]> {
  const file = join(directory, "mcp-router.json");
  await writeFile(file, JSON.stringify(layered(quickConfig(url), config)), { mode: 0o600 });
  return ["--config", file, ...words];
}

/** Starts the router with pipes, as a client does. It is killed at the end of the scope. */
export async function spawnRouter(options: RouterOptions): Promise<RouterProcess> {
  const scope = options.scope ?? untilTestEnds;
  const { directory, words, env } = await routerCommand(options);
  const [program, ...before] = [...(options.wrapper ?? []), process.execPath];
  const router = new RouterProcess(spawn(program, [...before, ...words], { cwd: directory, env }), directory);
  scope(() => router.kill());
  return router;
}

/** A running router, and what it has said on stderr. */
export class RouterProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly directory: string;
  /** Settles when the process has ended and its streams are closed. */
  readonly ended: Promise<RouterEnd>;
  #stderr = "";

  constructor(child: ChildProcessWithoutNullStreams, directory: string) {
    this.child = child;
    this.directory = directory;
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#stderr += text));
    // Whoever writes to a process that has ended learns it by `ended`.
    child.stdin.on("error", () => {});
    this.ended = once(child, "close").then(([exitCode, signal]) => ({ exitCode, signal }));
  }

  get stderr(): string {
    return this.#stderr;
  }

  get processId(): number {
    const { pid } = this.child;
    if (pid === undefined) throw new Error("the router did not start");
    return pid;
  }

  /** Settles when stderr holds the text. */
  async says(text: string): Promise<void> {
    while (!this.#stderr.includes(text)) await once(this.child.stderr, "data");
  }

  /** The most memory the process has held so far, in bytes. Linux only. */
  peakMemory(): number {
    const status = readFileSync(`/proc/${this.processId}/status`, "utf8");
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    if (kibibytes === undefined) throw new Error("the system does not tell the peak of memory");
    return Number(kibibytes) * 1024;
  }

  /** The processor time the process has used so far, in milliseconds. Linux only. */
  processorTime(): number {
    const stat = readFileSync(`/proc/${this.processId}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // Fields 14 and 15 of proc(5), in ticks of a hundredth of a second; the first of `fields` is the third.
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }
}
