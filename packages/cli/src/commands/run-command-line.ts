import { CommanderError } from "commander";

import type { CommandContext } from "../command-context.ts";
import { leave } from "../ends/leave.ts";
import { EXIT } from "../exit-code.ts";
import { createProgram } from "./create-program.ts";
import { findPluginCommand, type ReadyCommand } from "./plugin-command.ts";

/** Runs whatever the command line asks for, a plain run included; mistakes are told once, with what was meant. */
export async function runCommandLine(words: readonly string[], context: CommandContext): Promise<void> {
  let exitCode: number = EXIT.clean;
  try {
    const asked = await whatIsAsked(words, context);
    if ("run" in asked) exitCode = await asked.run();
    else await (await createProgram(context)).parseAsync([...asked.words], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // commander says 1 for its own errors and for a command that needs a subcommand.
    exitCode = error.exitCode === 1 ? EXIT.usage : error.exitCode;
  }
  // A run has ended in its own way by now.
  if (process.exitCode === undefined)
    await leave(exitCode, { stdout: context.stdout.stdout, log: undefined, flushMs: 5_000 });
}

/**
 * The command of a plugin, or the words for the program; without any command they mean `run`.
 *
 * @remarks commander's own default command would take a misspelt command for an argument of `run`, and suggest nothing.
 */
async function whatIsAsked(
  words: readonly string[],
  context: CommandContext,
): Promise<ReadyCommand | { readonly words: readonly string[] }> {
  if (words.some((word) => ["-h", "--help", "-V", "--version"].includes(word))) return { words };
  // Parsing leaves its marks on the program, so this is another one.
  const program = await createProgram(context);
  const { operands } = program.parseOptions([...words]);
  if (operands.length === 0) return { words: ["run", ...words] };
  return (await findPluginCommand(words, operands, program, context)) ?? { words };
}
