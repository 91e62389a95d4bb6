import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The file with certificate and key of this machine's names. */
export const identityFile = fileURLToPath(new URL("../fixtures/server.pem", import.meta.url));

/** The authority behind them. */
export const authority = readFileSync(new URL("../fixtures/ca.pem", import.meta.url), "utf8");

const text = readFileSync(identityFile, "utf8");

/** For the option `tls`. */
export const identity = { cert: text, key: text };
