import type { Command } from "commander";

/** A command and what may follow it, for completion scripts. */
export interface CommandDescription {
  /** The words that lead to it: `config show`; empty for the program itself. */
  readonly path: string;
  readonly subcommands: readonly Word[];
  readonly options: readonly OptionDescription[];
  /** What its first argument can be. */
  readonly choices: readonly string[];
  readonly takesFile: boolean;
}

interface Word {
  readonly word: string;
  readonly description: string;
}

export interface OptionDescription {
  /** `--config`, and `-c`. */
  readonly words: readonly string[];
  readonly description: string;
  readonly value: "none" | "file" | "text" | readonly string[];
}

/** Every command of the tree, the program first. */
export function describeCommands(program: Command): readonly CommandDescription[] {
  const visit = (command: Command, path: readonly string[]): readonly CommandDescription[] => [
    describe(command, path.join(" ")),
    ...command.commands.flatMap((each) => visit(each, [...path, each.name()])),
  ];
  return visit(program, []);
}

function describe(command: Command, path: string): CommandDescription {
  const help = command.createHelp();
  const [argument] = command.registeredArguments;
  return {
    path,
    subcommands: help.visibleCommands(command).map((each) => ({ word: each.name(), description: each.description() })),
    options: help.visibleOptions(command).map((option) => ({
      words: [option.short, option.long].filter((word) => word !== undefined && word !== null),
      description: option.description,
      value: valueOf(option.flags, option.argChoices),
    })),
    choices: argument?.argChoices ?? [],
    takesFile: argument?.name() === "file",
  };
}

function valueOf(flags: string, choices: readonly string[] | undefined): OptionDescription["value"] {
  if (choices !== undefined) return choices;
  if (flags.includes("<file>") || flags.includes("--plugin")) return "file";
  return flags.includes("<") ? "text" : "none";
}
