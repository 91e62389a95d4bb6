import { RouterError } from "@mcp-router/core/plugin";

import { EXIT } from "../exit-code.ts";

export interface Explanation {
  readonly text: string;
  readonly exitCode: number;
}

/** Says what went wrong, in words for the user, and how the process ends. The stack only when asked for. */
export function explainError(error: unknown, options: { readonly withStack: boolean }): Explanation {
  const stack = options.withStack && error instanceof Error && error.stack !== undefined ? `\n${error.stack}` : "";
  if (RouterError.is(error)) {
    const hint = error.hint === undefined || error.message.includes(error.hint) ? "" : `\n${error.hint}`;
    const exitCode = error.code === "USAGE" ? EXIT.usage : EXIT.configuration;
    return { text: `${error.message}${causes(error)}${hint}${stack}`, exitCode };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}${causes(error)}` : String(error);
  const advice = options.withStack ? "" : "\nRun it with --log-level debug for more.";
  return { text: `internal error: ${message}${advice}${stack}`, exitCode: EXIT.internal };
}

// A cause whose words are in the message already would only be said twice.
function causes(error: Error): string {
  let text = "";
  let said = error.message;
  let cause = error.cause;
  for (let depth = 0; depth < 5 && cause instanceof Error; depth += 1) {
    if (!said.includes(cause.message)) {
      text += `\n  because: ${cause.message}`;
      said += cause.message;
    }
    cause = cause.cause;
  }
  return text;
}
