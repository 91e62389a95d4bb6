import { readRunFlags } from "./arguments/read-run-flags.ts";
import { createContext } from "./create-context.ts";
import { endWithError } from "./ends/end-with-error.ts";
import { run } from "./run.ts";

/** A plain run goes the short way; commander and the other commands are loaded for everything else. */
async function main(words: readonly string[]): Promise<void> {
  const context = createContext();
  const flags = readRunFlags(words);
  try {
    if (flags !== undefined) {
      await run(flags, context);
    } else {
      const { runCommandLine } = await import("./commands/run-command-line.ts");
      await runCommandLine(words, context);
    }
  } catch (error) {
    await endWithError(error, words, context);
  }
}

void main(process.argv.slice(2));
