import { Option } from "commander";
import type { Command } from "commander";

import type { Flags } from "../arguments/flags.ts";
import { isLogLevel, LOG_LEVELS } from "../log/log-level.ts";

/** Adds the flags of {@link Flags} to a command. Every command that reads the configuration has them. */
export function addFlagOptions(command: Command): Command {
  const collect = (value: string, earlier: readonly string[] | undefined): readonly string[] => [
    ...(earlier ?? []),
    value,
  ];
  return command
    .option("-c, --config <file>", "configuration file; default: the nearest mcp-router.yaml")
    .option("--plugin <name>", "load one more plugin, by path or package name (repeatable)", collect)
    .option("--url <url>", "URL of the gateway")
    .option("--set <key=value>", "set one key of the configuration (repeatable)", collect)
    .addOption(new Option("--log-level <level>", "least severe level to log").choices([...LOG_LEVELS]))
    .option("-q, --quiet", "log errors only");
}

interface OptionValues {
  readonly config?: string;
  readonly plugin?: readonly string[];
  readonly url?: string;
  readonly set?: readonly string[];
  readonly logLevel?: string;
  readonly quiet?: true;
}

/** The flags of a command and of those it stands below: `mcp-router -c FILE config show --quiet`. The nearest wins. */
export function readFlags(command: Command): Flags {
  const path: OptionValues[] = [];
  for (let each: Command | null = command; each !== null; each = each.parent) path.unshift(each.opts<OptionValues>());
  const merged: OptionValues = Object.assign({}, ...path);
  const { config, logLevel, url } = merged;
  return {
    plugins: path.flatMap(({ plugin = [] }) => plugin),
    set: path.flatMap(({ set = [] }) => set),
    quiet: merged.quiet === true,
    ...(config !== undefined && { config }),
    ...(url !== undefined && { url }),
    ...(isLogLevel(logLevel) && { logLevel }),
  };
}
