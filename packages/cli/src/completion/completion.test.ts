import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

import { BIN, runCli } from "../testing/cli-process.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";

const execute = promisify(execFile);

async function isThere(shell: string): Promise<boolean> {
  return await execute(shell, ["-c", "true"]).then(
    () => true,
    () => false,
  );
}

describe.runIf(await isThere("bash"))("completion in bash", () => {
  /** What bash offers behind these words, the last of which is being written. */
  async function offered(...words: string[]): Promise<readonly string[]> {
    const cwd = await temporaryDirectory({ "file-of-mine.yaml": "" });
    const script = `
      source <("${process.execPath}" "${BIN}" completion bash)
      COMP_WORDS=(mcp-router "$@"); COMP_CWORD=$#
      _mcp_router; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stderr, stdout } = await execute("bash", ["--norc", "-c", script, "bash", ...words], { cwd });
    expect(stderr).toBe("");
    return stdout.split("\n").filter((line) => line !== "");
  }

  it("offers commands, subcommands and flags", async () => {
    expect(await offered("")).toEqual(
      expect.arrayContaining(["run", "config", "plugins", "trust", "dev-gateway", "completion", "--url"]),
    );
    expect(await offered("conf")).toEqual(["config"]);
    expect(await offered("test-")).toEqual(["test-connection", "test-auth"]);
    expect(await offered("test-connection", "--t")).toEqual(["--timeout"]);
    expect(await offered("test-auth", "--o")).toEqual(["--offline"]);
    expect(await offered("config", "")).toEqual(expect.arrayContaining(["validate", "show", "schema"]));
    expect(await offered("config", "show", "--j")).toEqual(["--json"]);
    expect(await offered("dev-gateway", "--po")).toEqual(["--port"]);
    expect(await offered("completion", "z")).toEqual(["zsh"]);
  });

  it("offers the values of flags: files, choices, or nothing", async () => {
    expect(await offered("--config", "file-")).toEqual(["file-of-mine.yaml"]);
    expect(await offered("-c", "file-")).toEqual(["file-of-mine.yaml"]);
    expect(await offered("run", "--log-level", "w")).toEqual(["warn"]);
    expect(await offered("--url", "")).toEqual([]);
    expect(await offered("trust", "file-")).toEqual(["file-of-mine.yaml"]);
  });
});

describe("completion scripts", () => {
  it.each([
    ["zsh", "compdef _mcp_router mcp-router", "show:print the configuration"],
    ["fish", "complete -c mcp-router", "-a show -d 'print the configuration"],
  ])("for %s name every command", async (shell, call, entry) => {
    const { exitCode, stdout } = await runCli(["completion", shell], { cwd: await temporaryDirectory() });
    expect(stdout).toContain(call);
    expect(stdout).toContain(entry);
    for (const command of ["validate", "schema", "plugins", "test-connection", "test-auth", "trust", "dev-gateway"])
      expect(stdout).toContain(command);
    expect(exitCode).toBe(0);
  });

  it.each(["zsh", "fish"])("for %s are valid there, if it is installed", async (shell) => {
    if (!(await isThere(shell))) return;
    const { stdout } = await runCli(["completion", shell], { cwd: await temporaryDirectory() });
    const cwd = await temporaryDirectory({ script: stdout });
    await execute(shell, ["-n", join(cwd, "script")]);
  });
});
