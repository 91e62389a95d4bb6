// Runs the test suite on other Node versions. Their binaries are ordinary npm packages, kept in .cache.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const versions = process.argv.slice(2).length > 0 ? process.argv.slice(2) : ["22", "24"];
const platform = process.platform === "win32" ? "win" : process.platform;

function run(command, args, env = process.env) {
  return spawnSync(command, args, { cwd: root, stdio: "inherit", env }).status ?? 1;
}

let failures = 0;
for (const version of versions) {
  const prefix = join(root, ".cache", `node-${version}`);
  const name = `node-${platform}-${process.arch}`;
  const binary = join(prefix, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(binary)) {
    const status = run("npm", [
      "install",
      "--prefix",
      prefix,
      "--no-save",
      "--no-audit",
      "--no-fund",
      `${name}@${version}`,
    ]);
    if (status !== 0) process.exit(status);
  }
  console.log(`\n== Node ${version}`);
  const path = `${dirname(binary)}${process.platform === "win32" ? ";" : ":"}${process.env.PATH}`;
  const status = run(
    binary,
    [join(root, "node_modules", "vitest", "vitest.mjs"), "run", "--exclude", "**/node_modules/**"],
    {
      ...process.env,
      PATH: path,
    },
  );
  if (status !== 0) failures++;
}
process.exit(failures === 0 ? 0 : 1);
