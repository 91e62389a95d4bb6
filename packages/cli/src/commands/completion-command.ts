import { Argument, Command } from "commander";

import type { CommandContext } from "../command-context.ts";
import { bashCompletion } from "../completion/bash-completion.ts";
import { describeCommands } from "../completion/describe-commands.ts";
import { fishCompletion } from "../completion/fish-completion.ts";
import { zshCompletion } from "../completion/zsh-completion.ts";

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

const HELP = `
Load it in your shell's start file:
  bash  source <(mcp-router completion bash)
  zsh   source <(mcp-router completion zsh)      (after compinit)
  fish  mcp-router completion fish | source`;

export function completionCommand({ stdout }: CommandContext, program: () => Command): Command {
  return new Command("completion")
    .description("print a script that completes commands and flags in your shell")
    .addArgument(new Argument("<shell>").choices(Object.keys(SHELLS)))
    .addHelpText("after", HELP)
    .action((shell: keyof typeof SHELLS) => {
      stdout.stdout.write(SHELLS[shell](describeCommands(program())));
    });
}
