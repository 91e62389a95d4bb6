import type { CommandContext } from "../command-context.ts";
import { leave } from "./leave.ts";
import { within } from "./within.ts";

/** Tells the user what went wrong and lets the process end; with the stack when the log level of `words` asks for it. */
export async function endWithError(
  error: unknown,
  words: readonly string[],
  { people, stderr, stdout }: CommandContext,
): Promise<void> {
  const { explainError } = await import("../output/explain-error.ts");
  const withStack = /--log-level[= ](debug|trace)\b/.test(words.join(" "));
  const { exitCode, text } = explainError(error, { withStack });
  people.tell(text);
  await within(250, stderr.flush());
  await leave(exitCode, { stdout: stdout.stdout, log: undefined, flushMs: 250 });
}
