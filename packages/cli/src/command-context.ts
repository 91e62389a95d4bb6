import type { BoundedWriter } from "./log/bounded-writer.ts";
import type { Redactor } from "@mcp-router/core";
import type { People } from "./output/people.ts";
import type { PrivateStdout } from "./private-stdout.ts";

/** What every command works with. */
export interface CommandContext {
  readonly stdout: PrivateStdout;
  readonly stderr: BoundedWriter;
  readonly people: People;
  readonly redactor: Redactor;
  readonly env: { readonly [name: string]: string | undefined };
  readonly workingDirectory: string;
}
