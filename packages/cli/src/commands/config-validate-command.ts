import { Command } from "commander";

import type { CommandContext } from "../command-context.ts";
import { addFlagOptions, readFlags } from "./flag-options.ts";
import { loadEffectiveConfig } from "./load-effective-config.ts";

export function configValidateCommand(context: CommandContext): Command {
  return addFlagOptions(new Command("validate"))
    .description("say everything that is wrong with the configuration; exits with 78 if something is")
    .action(async (_options: unknown, command: Command) => {
      const { file } = await loadEffectiveConfig(readFlags(command), context);
      context.stdout.stdout.write(`${file ?? "the configuration"}: valid\n`);
    });
}
