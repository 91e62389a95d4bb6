// Brings a fresh clone to the point where everything runs: installs when the lock file changed, builds when sources did.
// Plain Node without dependencies, because it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`MCP Router needs Node 20.19 or newer; this is ${process.version}.`);
  process.exit(1);
}

const npm = process.platform === "win32" ? "npm.cmd" : "npm";

function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
  });
  if (error !== undefined) throw error;
  if (status !== 0) {
    console.error(`setup: ${command} ${args.join(" ")} failed`);
    process.exit(status ?? 1);
  }
}

const lock = readFileSync(join(root, "package-lock.json"));
const stamp = join(root, "node_modules", ".mcp-router-setup");
const wanted = createHash("sha256").update(lock).digest("hex");
const installed = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";
if (installed !== wanted) {
  run(npm, ["ci", "--no-audit", "--no-fund"]);
  writeFileSync(stamp, wanted);
}

run(process.execPath, [
  join(root, "node_modules", "turbo", "bin", "turbo"),
  "run",
  "build",
  "--output-logs=errors-only",
]);
