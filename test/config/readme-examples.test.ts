import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

import { ROUTER_BIN } from "../support/spawn-router.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const packages = fileURLToPath(new URL("../../packages", import.meta.url));

interface Verdict {
  readonly exitCode: number;
  readonly stderr: string;
}

async function examplesOf(folder: string): Promise<readonly string[]> {
  const readme = await readFile(join(packages, folder, "README.md"), "utf8");
  return [...readme.matchAll(/```yaml\n(.*?)```/gs)].map(([, example = ""]) => example);
}

/** What `mcp-router config validate` says of the `index`th example in a package's README. */
async function validateExample(folder: string, index = 0): Promise<Verdict> {
  const example = (await examplesOf(folder))[index];
  if (example === undefined) throw new Error(`the README of ${folder} has no such example`);
  const directory = await temporaryDirectory({ "mcp-router.yaml": example });
  const words = [ROUTER_BIN, "config", "validate", "--config", join(directory, "mcp-router.yaml")];
  const env = { PATH: process.env["PATH"], HOME: directory };
  return await new Promise((resolve) => {
    const child = execFile(process.execPath, words, { cwd: directory, env }, (_error, _stdout, stderr) => {
      resolve({ exitCode: child.exitCode ?? -1, stderr });
    });
  });
}

it.each(["preset-claude", "transport-tcp", "auth-oauth2"])("every example of %s is valid", async (folder) => {
  for (const index of (await examplesOf(folder)).keys()) {
    const { exitCode, stderr } = await validateExample(folder, index);
    expect([exitCode, stderr]).toEqual([0, ""]);
  }
});

it.each([
  ["auth-mtls", ["auth-mtls"]],
  ["rate-limit", ["rate-limit"]],
  ["circuit-breaker", ["circuit-breaker"]],
  ["deduplication", ["deduplication"]],
  ["observability", ["metrics", "tracing", "debug"]],
])("the example of %s has no fault but the plugin's missing code", async (folder, plugins) => {
  const { exitCode, stderr } = await validateExample(folder);
  expect(exitCode).toBe(78);
  const named = [
    ...stderr.matchAll(/mcp-router\.yaml:\d+:\d+: .* needs the plugin (\S+), whose code is not in this version/g),
  ];
  expect(named.map(([, plugin = ""]) => plugin).toSorted()).toEqual(plugins.toSorted());
  expect(stderr.match(/mcp-router\.yaml:\d+/g)).toHaveLength(plugins.length);
});
