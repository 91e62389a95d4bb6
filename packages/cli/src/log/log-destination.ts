import { createWriteStream } from "node:fs";

import { BoundedWriter } from "./bounded-writer.ts";

/** Where log lines go: the given stderr, or a file that only its owner can read, appended to. */
export function logDestination(output: string, stderr: BoundedWriter): BoundedWriter {
  if (output === "stderr") return stderr;
  const file = createWriteStream(output, { flags: "a", mode: 0o600 });
  file.once("error", (error) => stderr.write(`mcp-router: cannot write the log to ${output}: ${error.message}\n`));
  return new BoundedWriter(file);
}
