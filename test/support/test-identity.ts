import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FIXTURES = new URL("../../packages/dev-gateway/src/fixtures/", import.meta.url);

/** Certificates and keys, PEM in one text, of `localhost` and the loopback addresses. */
const identity = readFileSync(new URL("server.pem", FIXTURES), "utf8");
const next = readFileSync(new URL("next-server.pem", FIXTURES), "utf8");

/** What a server on this machine is started with. */
export const TEST_IDENTITY = { cert: identity, key: identity };

/** What a server has whose authority was replaced. */
export const NEXT_IDENTITY = { cert: next, key: next };

/** The files of the authorities behind them, for `gateway.tls.ca_cert_path`. */
export const TEST_AUTHORITY = fileURLToPath(new URL("ca.pem", FIXTURES));
export const NEXT_AUTHORITY = fileURLToPath(new URL("next-ca.pem", FIXTURES));
