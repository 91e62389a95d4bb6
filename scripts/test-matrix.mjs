// The fault tests with many seeds, and every official client through every transport, wire and version: `npm run test:matrix`, or `npm run test:matrix -- test/faults/storm.test.ts`.
// MCP_ROUTER_SEEDS says how many; 20 when it says nothing.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const words = process.argv.slice(2);
const { status, error } = spawnSync(
  process.execPath,
  [
    join(root, "node_modules", "vitest", "vitest.mjs"),
    "run",
    ...(words.length > 0 ? words : ["test/faults", "test/parity", "test/oauth2.test.ts"]),
  ],
  { cwd: root, stdio: "inherit", env: { MCP_ROUTER_SEEDS: "20", MCP_ROUTER_MATRIX: "1", ...process.env } },
);
if (error !== undefined) throw error;
process.exitCode = status ?? 1;
