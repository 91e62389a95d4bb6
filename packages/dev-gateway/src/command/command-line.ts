import { Command } from "commander";
import type { ParseOptionsResult } from "commander";

/**
 * A command whose first plain word begins another program's command line: nothing after it is an option of ours.
 *
 * @remarks commander has `passThroughOptions` for this, but it needs `enablePositionalOptions` on the parent, which
 * would take options after the subcommand away from the parent. And a parent swallows the `--` in `parent dev-gateway
 * -- npx -y server`, so that `-y` would look like ours.
 */
export class CommandLine extends Command {
  override parseOptions(words: string[]): ParseOptionsResult {
    const first = this.#firstPlainWord(words);
    if (first === undefined) return super.parseOptions(words);
    return super.parseOptions([...words.slice(0, first), "--", ...words.slice(first)]);
  }

  #firstPlainWord(words: readonly string[]): number | undefined {
    for (let index = 0; index < words.length; index += 1) {
      const word = words[index] ?? "";
      if (word === "--") return undefined;
      if (!word.startsWith("-")) return index;
      const option = this.options.find((candidate) => candidate.long === word || candidate.short === word);
      // Its value is the next word.
      if (option?.required === true) index += 1;
    }
    return undefined;
  }
}
