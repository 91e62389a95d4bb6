import type { CommandContext } from "../command-context.ts";
import { EXIT } from "../exit-code.ts";
import { leave } from "./leave.ts";
import { within } from "./within.ts";

/** In words; as it is when even those cannot be loaded, for want of file descriptors say. */
async function explained(
  error: unknown,
  words: readonly string[],
): Promise<{ readonly exitCode: number; readonly text: string }> {
  try {
    const { explainError } = await import("../output/explain-error.ts");
    return explainError(error, { withStack: /--log-level[= ](debug|trace)\b/.test(words.join(" ")) });
  } catch {
    return { exitCode: EXIT.internal, text: `mcp-router: ${String(error)}` };
  }
}

/** Tells the user what went wrong and lets the process end; with the stack when the log level of `words` asks for it. */
export async function endWithError(
  error: unknown,
  words: readonly string[],
  { people, stderr, stdout }: CommandContext,
): Promise<void> {
  const { exitCode, text } = await explained(error, words);
  people.tell(text);
  await within(250, stderr.flush());
  await leave(exitCode, { stdout: stdout.stdout, log: undefined, flushMs: 250 });
}
