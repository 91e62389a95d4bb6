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

/** The configurations in a package's README. */
async function examplesOf(folder: string): Promise<readonly string[]> {
  const readme = await readFile(join(packages, folder, "README.md"), "utf8");
  const examples = [...readme.matchAll(/```yaml\n(.*?)```/gs)].map(([, example = ""]) => example);
  if (examples.length === 0) throw new Error(`the README of ${folder} has no example`);
  return examples;
}

/** What `mcp-router config validate` says of one of them. */
async function validate(example: string): Promise<Verdict> {
  const directory = await temporaryDirectory({ "mcp-router.yaml": example });
  const words = [ROUTER_BIN, "config", "validate", "--config", join(directory, "mcp-router.yaml")];
  const env = { PATH: process.env["PATH"], HOME: directory };
  return await new Promise((resolve) => {
    const child = execFile(process.execPath, words, { cwd: directory, env }, (_error, _stdout, stderr) => {
      resolve({ exitCode: child.exitCode ?? -1, stderr });
    });
  });
}

it.each(["preset-claude", "transport-tcp", "auth-mtls", "auth-bearer", "auth-oauth2"])(
  "every example of %s is valid",
  async (folder) => {
    for (const example of await examplesOf(folder))
      expect(await validate(example)).toEqual({ exitCode: 0, stderr: "" });
  },
);

it.each([
  ["rate-limit", ["rate-limit"]],
  ["circuit-breaker", ["circuit-breaker"]],
  ["deduplication", ["deduplication"]],
  ["observability", ["metrics", "tracing", "debug"]],
])("the example of %s has no fault but the plugin's missing code", async (folder, plugins) => {
  const [example = ""] = await examplesOf(folder);
  const { exitCode, stderr } = await validate(example);
  expect(exitCode).toBe(78);
  const named = [
    ...stderr.matchAll(/mcp-router\.yaml:\d+:\d+: .* needs the plugin (\S+), whose code is not in this version/g),
  ];
  expect(named.map(([, plugin = ""]) => plugin).toSorted()).toEqual(plugins.toSorted());
  expect(stderr.match(/mcp-router\.yaml:\d+/g)).toHaveLength(plugins.length);
});
