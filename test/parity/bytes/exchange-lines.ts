import { spawn } from "node:child_process";

import { onTestFinished } from "vitest";

import type { Launch } from "../launch.ts";

/** What a process printed, and how it ended. */
export interface Exchange {
  readonly lines: readonly string[];
  readonly exitCode: unknown;
}

/** Starts a process, writes all lines at once, reads as many, and closes its stdin. The bytes are UTF-8 both ways. */
export async function exchangeLines({ command, args, env }: Launch, lines: readonly string[]): Promise<Exchange> {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "inherit"] });
  // An answer that never comes keeps it waiting; the test then ends by its timeout.
  onTestFinished(() => void child.kill());
  const exit = new Promise((resolve) => child.on("close", resolve));
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    printed += chunk;
    if (printed.split("\n").length > lines.length) child.stdin.end();
  });
  child.stdin.write(lines.map((line) => `${line}\n`).join(""));
  const exitCode = await exit;
  return { lines: printed.trimEnd().split("\n"), exitCode };
}
