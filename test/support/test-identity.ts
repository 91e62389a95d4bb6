import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FIXTURES = new URL("../../packages/dev-gateway/src/fixtures/", import.meta.url);

/** Certificate and key, PEM in one text, of `localhost` and the loopback addresses. */
const identity = readFileSync(new URL("server.pem", FIXTURES), "utf8");

/** What a server on this machine is started with. */
export const TEST_IDENTITY = { cert: identity, key: identity };

/** The file of the authority behind it, for `gateway.tls.ca_cert_path`. */
export const TEST_AUTHORITY = fileURLToPath(new URL("ca.pem", FIXTURES));
