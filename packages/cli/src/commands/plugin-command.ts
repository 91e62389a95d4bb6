import type { Command } from "commander";

import type { CommandContext } from "../command-context.ts";
import { setUp } from "../setup.ts";
import { createProgram } from "./create-program.ts";
import { readFlags } from "./flag-options.ts";

const ANY_GATEWAY = "wss://localhost";

/** A command that a plugin contributes, ready to run. */
export interface ReadyCommand {
  run(): Promise<number>;
}

/**
 * Finds the command of a plugin: `mcp-router [flags] NAME [words]`. Flags before the name are the router's, words behind it
 * are the command's own.
 *
 * @returns undefined when the name is one of the router's own commands, or no plugin has it.
 */
export async function findPluginCommand(
  words: readonly string[],
  operands: readonly string[],
  program: Command,
  context: CommandContext,
): Promise<ReadyCommand | undefined> {
  const [name] = operands;
  const own = ["help", ...program.commands.flatMap((command) => [command.name(), ...command.aliases()])];
  if (name === undefined || own.includes(name)) return undefined;
  const at = words.indexOf(name);
  const flags = await createProgram(context);
  flags.parseOptions(words.slice(0, at));
  // A command needs no gateway, so a configuration that names none, or no configuration at all, will do.
  const { options, log } = await setUp({ url: ANY_GATEWAY, ...readFlags(flags) }, context);
  const { loadPluginCommands } = await import("@mcp-router/core");
  const command = (await loadPluginCommands(options)).find((each) => each.name === name);
  if (command === undefined) return undefined;
  return {
    run: async () => {
      // What it prints on stdout is its own.
      context.stdout.release();
      try {
        return await command.run(words.slice(at + 1));
      } finally {
        await log.flush();
      }
    },
  };
}
