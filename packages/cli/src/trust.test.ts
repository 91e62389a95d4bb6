import { chmod, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { runCli } from "./testing/cli-process.ts";
import type { CliResult } from "./testing/cli-process.ts";
import { temporaryDirectory } from "./testing/temporary-directory.ts";

const CONFIG = "gateway:\n  url: ws://127.0.0.1:1/mcp\n";
const CLAUDE = { CLAUDECODE: "1" };

async function validate(
  cwd: string,
  words: readonly string[] = [],
  env: { readonly [name: string]: string } = {},
): Promise<CliResult> {
  return await runCli(["config", "validate", ...words], { cwd, env });
}

describe("a configuration file that is found in a project", () => {
  it("is refused under Claude until the user trusts it, and again when it has changed", async () => {
    const cwd = await temporaryDirectory({ "mcp-router.yaml": CONFIG });
    const file = join(cwd, "mcp-router.yaml");
    const refused = await validate(cwd, [], CLAUDE);
    expect(refused.exitCode).toBe(78);
    expect(refused.stderr).toContain(`${file} was not trusted yet`);
    expect(refused.stderr).toContain(`mcp-router trust ${file}`);

    expect(await runCli(["trust"], { cwd })).toMatchObject({ exitCode: 0, stdout: `trusted: ${file}\n` });
    expect(await validate(cwd, [], CLAUDE)).toMatchObject({ exitCode: 0 });
    expect(await runCli(["trust", "--list"], { cwd })).toMatchObject({ exitCode: 0, stdout: `${file}\n` });

    await writeFile(file, `${CONFIG}retry: {budget: 3}\n`);
    const changed = await validate(cwd, [], CLAUDE);
    expect(changed.exitCode).toBe(78);
    expect(changed.stderr).toContain("has changed since it was trusted");

    await writeFile(file, CONFIG);
    expect(await validate(cwd, [], CLAUDE)).toMatchObject({ exitCode: 0 });
    expect(await runCli(["trust", "--remove", "mcp-router.yaml"], { cwd })).toMatchObject({
      stdout: `no longer trusted: ${file}\n`,
    });
    expect(await validate(cwd, [], CLAUDE)).toMatchObject({ exitCode: 78 });
  });

  it("is refused above the working directory too, in every format, and none of its code runs", async () => {
    const bomb = "console.error('this code was run'); export default {};";
    for (const name of ["mcp-router.mjs", "mcp-router.ts", "mcp-router.yaml", "package.json"]) {
      const text =
        name === "package.json" ? '{"mcp-router": {"gateway": {"url": "ws://x"}}}' : name.endsWith("s") ? bomb : CONFIG;
      const root = await temporaryDirectory({ [name]: text, "a/b/.keep": "" });
      const { exitCode, stderr } = await runCli([], { cwd: join(root, "a/b"), env: CLAUDE });
      expect(stderr).toContain("was not trusted yet");
      expect(stderr).not.toContain("this code was run");
      expect(exitCode).toBe(78);
    }
  });

  it("is used without trust when it is named, or when nobody is Claude", async () => {
    const cwd = await temporaryDirectory({ "mcp-router.yaml": CONFIG });
    expect(await validate(cwd, ["--config", "mcp-router.yaml"], CLAUDE)).toMatchObject({ exitCode: 0 });
    expect(await validate(cwd)).toMatchObject({ exitCode: 0 });
    // A run names what it has found.
    const { stderr } = await runCli([], { cwd });
    expect(stderr).toContain(`configuration found: ${join(cwd, "mcp-router.yaml")}`);
  });

  it("needs no trust in the user's own configuration directory", async () => {
    const cwd = await temporaryDirectory({ ".xdg-config/mcp-router/mcp-router.yaml": CONFIG, "project/.keep": "" });
    const env = { ...CLAUDE, XDG_CONFIG_HOME: join(cwd, ".xdg-config") };
    expect(await validate(join(cwd, "project"), [], env)).toMatchObject({ exitCode: 0 });
    expect(await validate(join(cwd, ".xdg-config/mcp-router"), [], env)).toMatchObject({ exitCode: 0 });
  });
});

describe("what is trusted", () => {
  it("is remembered where only the user can read and write", async () => {
    const cwd = await temporaryDirectory({ "mcp-router.yaml": CONFIG });
    await runCli(["trust"], { cwd });
    const directory = join(cwd, ".xdg-state/mcp-router/trust");
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    const [name = ""] = await readdir(directory);
    expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
  });

  it("counts for nothing where others can write it", async () => {
    const cwd = await temporaryDirectory({ "mcp-router.yaml": CONFIG });
    await runCli(["trust"], { cwd });
    const directory = join(cwd, ".xdg-state/mcp-router/trust");
    const [name = ""] = await readdir(directory);
    await chmod(join(directory, name), 0o666);
    expect(await validate(cwd, [], CLAUDE)).toMatchObject({ exitCode: 78 });
  });
});
