import { RouterError } from "@mcp-router/core/plugin";

/** A command line that says something impossible. Code `USAGE`; the process exits with 2. */
export class UsageError extends RouterError {
  constructor(message: string, hint?: string) {
    super("USAGE", message, { hint });
  }
}
