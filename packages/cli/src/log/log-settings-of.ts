import { resolve } from "node:path";

import type { ConfigLayer } from "@mcp-router/core";
import type { JsonValue, LogLevel } from "@mcp-router/core/plugin";

import type { Flags } from "../arguments/flags.ts";
import type { Environment } from "../config-file/config-directories.ts";
import { isStartedByClaude } from "../config-file/is-started-by-claude.ts";
import { isLogLevel } from "./log-level.ts";
import type { LogSettings } from "./log-settings.ts";

export interface LogSources {
  readonly flags: Flags;
  /** Lowest first. */
  readonly layers: readonly ConfigLayer[];
  readonly env: Environment;
  readonly workingDirectory: string;
  readonly isTerminal: boolean;
  /** The level where nobody says one; undefined leaves it to who has started the process. */
  readonly usualLevel?: LogLevel | undefined;
}

/**
 * What `logging` says, before the configuration as a whole is checked: the log must be there to tell of that. A value
 * that makes no sense counts as unset; the check complains about it.
 */
export function logSettingsOf(sources: LogSources): LogSettings {
  const { flags, env, isTerminal } = sources;
  const level = readSetting("level", sources).text;
  const format = readSetting("format", sources).text;
  const output = readSetting("output", sources);
  return {
    level:
      flags.logLevel ?? (flags.quiet ? "error" : isLogLevel(level) ? level : (sources.usualLevel ?? usualLevel(env))),
    format: format === "json" || format === "pretty" ? format : isTerminal ? "pretty" : "json",
    output: output.text === undefined || output.text === "stderr" ? "stderr" : resolve(output.directory, output.text),
  };
}

function usualLevel(env: Environment): LogLevel {
  return isStartedByClaude(env) ? "warn" : "info";
}

function readSetting(
  name: string,
  { layers, env, workingDirectory }: LogSources,
): { text?: string; directory: string } {
  const find = (kinds: readonly string[]): { text: string; directory: string } | undefined => {
    for (const layer of layers.toReversed()) {
      const logging = kinds.includes(layer.kind ?? "file") ? layer.value["logging"] : undefined;
      const value =
        typeof logging === "object" && logging !== null && !Array.isArray(logging) ? Object.entries(logging) : [];
      const text: JsonValue | undefined = value.find(([key]) => key === name)?.[1];
      if (typeof text === "string")
        return { text, directory: layer.directory ?? directoryOf(layer) ?? workingDirectory };
    }
    return undefined;
  };
  const overlay = env[`MCP_LOGGING_${name.toUpperCase()}`];
  const found =
    find(["flags"]) ??
    (overlay === undefined || overlay === "" ? undefined : { text: overlay, directory: workingDirectory }) ??
    find(["file"]);
  if (found === undefined) return { directory: workingDirectory };
  const text = expand(found.text, env);
  return text === undefined ? { directory: workingDirectory } : { ...found, text };
}

function directoryOf(layer: ConfigLayer): string | undefined {
  return layer.file === undefined ? undefined : resolve(layer.file, "..");
}

/** `${env:NAME}` and its default; undefined for every other reference. */
function expand(text: string, env: Environment): string | undefined {
  const expanded = text.replaceAll(
    /\$\{env:([A-Za-z_]\w*)(?::-([^}]*))?\}/g,
    (whole, name: string, fallback?: string) => {
      const value = env[name];
      return (value === undefined || value === "" ? fallback : value) ?? value ?? whole;
    },
  );
  return expanded.includes("${") ? undefined : expanded;
}
