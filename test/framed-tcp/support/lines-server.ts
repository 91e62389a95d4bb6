import { fileURLToPath } from "node:url";

/** Starts a server that answers every request with its method and its params. */
export const LINES_SERVER: readonly string[] = [
  process.execPath,
  fileURLToPath(new URL("lines-server.mjs", import.meta.url)),
];
