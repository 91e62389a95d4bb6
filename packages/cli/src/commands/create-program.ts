import { devGatewayCommand } from "@mcp-router/dev-gateway";
import { Command } from "commander";

import type { CommandContext } from "../command-context.ts";
import { versionOfThisPackage } from "../version.ts";
import { authCommand } from "./auth-command.ts";
import { completionCommand } from "./completion-command.ts";
import { configCommand } from "./config-command.ts";
import { addFlagOptions } from "./flag-options.ts";
import { pluginsCommand } from "./plugins-command.ts";
import { runCommand } from "./run-command.ts";
import { testAuthCommand } from "./test-auth-command.ts";
import { testConnectionCommand } from "./test-connection-command.ts";
import { trustCommand } from "./trust-command.ts";

/** The whole command line as a tree. */
export async function createProgram(context: CommandContext): Promise<Command> {
  const { people, stdout } = context;
  const program = new Command("mcp-router")
    .description("Bridge a stdio MCP client, such as Claude CLI, to a remote MCP gateway")
    .usage("[flags] [command]")
    .version(await versionOfThisPackage(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    // Flags before a command belong to us, those behind it to the command.
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.stdout.write(text),
      writeErr: (text) => people.pass(text),
    });
  addFlagOptions(program);

  const devGateway = devGatewayCommand();
  // What it prints on stdout is its own.
  devGateway.hook("preAction", () => stdout.release());
  const commands = [
    runCommand(context),
    configCommand(context),
    pluginsCommand(context),
    testConnectionCommand(context),
    testAuthCommand(context),
    trustCommand(context),
    authCommand(context),
    devGateway,
    completionCommand(context, () => program),
  ];
  for (const command of commands) {
    inheritSettings(command, program);
    program.addCommand(command);
  }
  return program;
}

function inheritSettings(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const each of command.commands) inheritSettings(each, command);
}
