import { fileURLToPath } from "node:url";

/** Starts the official reference server on stdio. */
export const EVERYTHING_SERVER: readonly string[] = [
  process.execPath,
  fileURLToPath(import.meta.resolve("@modelcontextprotocol/server-everything/dist/index.js")),
  "stdio",
];
