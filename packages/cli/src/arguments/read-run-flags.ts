import { parseArgs } from "node:util";

import { isLogLevel } from "../log/log-level.ts";
import type { Flags } from "./flags.ts";

const OPTIONS = {
  config: { type: "string", short: "c" },
  plugin: { type: "string", multiple: true },
  url: { type: "string" },
  set: { type: "string", multiple: true },
  "log-level": { type: "string" },
  quiet: { type: "boolean", short: "q" },
} as const;

/**
 * Reads the command line of a plain run: `mcp-router [run] [flags]`. Undefined for everything else, mistakes included:
 * that is for the full parser, which takes a quarter of the start-up time to load.
 */
export function readRunFlags(words: readonly string[]): Flags | undefined {
  const values = parse(words);
  if (values === undefined) return undefined;
  const logLevel = values["log-level"];
  if (logLevel !== undefined && !isLogLevel(logLevel)) return undefined;
  return {
    plugins: values.plugin ?? [],
    set: values.set ?? [],
    quiet: values.quiet === true,
    ...(values.config !== undefined && { config: values.config }),
    ...(values.url !== undefined && { url: values.url }),
    ...(logLevel !== undefined && { logLevel }),
  };
}

function parse(words: readonly string[]) {
  try {
    const { positionals, values } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    return positionals.every((word, index) => index === 0 && word === "run") ? values : undefined;
  } catch {
    return undefined;
  }
}
