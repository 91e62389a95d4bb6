import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../../packages/cli/bin/mcp-router.js", import.meta.url));

/** The command line that starts the built `mcp-router` as a client would. */
export function routerCommand(...words: readonly string[]): readonly string[] {
  return [process.execPath, entry, ...words];
}
