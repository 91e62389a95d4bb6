import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** What one server process got and said, in order. */
export interface RecordedSession {
  readonly fromClient: readonly unknown[];
  readonly fromServer: readonly unknown[];
}

/** The sessions that `recording-server.mjs` wrote down in a directory, in the order they started. */
export function readRecordedSessions(directory: string): readonly RecordedSession[] {
  return readdirSync(directory)
    .toSorted()
    .map((name) => {
      const lines = readFileSync(join(directory, name), "utf8").trimEnd().split("\n").map(readEntry);
      return {
        fromClient: lines.filter(({ from }) => from === "client").map(({ message }) => message),
        fromServer: lines.filter(({ from }) => from === "server").map(({ message }) => message),
      };
    });
}

function readEntry(text: string): { readonly from: unknown; readonly message: unknown } {
  const entry: unknown = JSON.parse(text);
  if (typeof entry !== "object" || entry === null || !("from" in entry) || !("line" in entry)) {
    throw new Error(`not an entry of a recording: ${text}`);
  }
  return { from: entry.from, message: JSON.parse(String(entry.line)) };
}
