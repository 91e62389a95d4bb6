import { fileURLToPath } from "node:url";

/** The command of a small stdio server that answers a request with the bytes it got. */
export const fixtureServer: readonly string[] = [
  process.execPath,
  fileURLToPath(new URL("./fixture-server.mjs", import.meta.url)),
];
