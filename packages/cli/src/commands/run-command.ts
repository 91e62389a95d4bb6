import { Command } from "commander";

import type { CommandContext } from "../command-context.ts";
import { run } from "../run.ts";
import { addFlagOptions, readFlags } from "./flag-options.ts";

export function runCommand(context: CommandContext): Command {
  return addFlagOptions(new Command("run"))
    .description("bridge stdin and the gateway (this is what happens without a command)")
    .action(async (_options: unknown, command: Command) => await run(readFlags(command), context));
}
