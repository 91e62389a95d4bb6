import { Command } from "commander";

import type { CommandContext } from "../command-context.ts";
import { configSchemaCommand } from "./config-schema-command.ts";
import { configShowCommand } from "./config-show-command.ts";
import { configValidateCommand } from "./config-validate-command.ts";
import { addFlagOptions } from "./flag-options.ts";

export function configCommand(context: CommandContext): Command {
  return addFlagOptions(new Command("config"))
    .description("check and show the configuration")
    .addCommand(configValidateCommand(context))
    .addCommand(configShowCommand(context))
    .addCommand(configSchemaCommand(context));
}
