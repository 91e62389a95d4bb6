import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const manifest = createRequire(import.meta.url).resolve("@modelcontextprotocol/server-everything/package.json");

/** The command of the reference MCP server that exercises every feature. */
export const everythingServer: readonly string[] = [
  process.execPath,
  join(dirname(manifest), "dist", "index.js"),
  "stdio",
];
