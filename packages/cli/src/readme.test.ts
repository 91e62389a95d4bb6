import { readFile } from "node:fs/promises";

import { describe, expect, it } from "vitest";

import { runCli } from "./testing/cli-process.ts";
import { startProbeGateway } from "./testing/probe-gateway.ts";
import { CANARY, runProbe } from "./testing/run-probe.ts";
import { temporaryDirectory } from "./testing/temporary-directory.ts";

const README = await readFile(new URL("../README.md", import.meta.url), "utf8");

function blocks(language: string): readonly string[] {
  return [...README.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, "g"))].map(([, text = ""]) => text);
}

function block(language: string, place = 0): string {
  return blocks(language)[place] ?? "";
}

describe("the README", () => {
  const commands = block("sh").trimEnd().split("\n");

  it("shows commands", () => {
    expect(commands.length).toBeGreaterThan(5);
  });

  it.each(commands)("%s", async (command) => {
    const cwd = await temporaryDirectory({ "mcp-router.yaml": block("yaml") });
    const [program, ...words] = command.split(" ");
    expect(program).toBe("mcp-router");
    const { exitCode, stderr } = await runCli(words, { cwd, env: { MCP_GATEWAY_TOKEN: "token-of-the-example" } });
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
  });
});

describe("the tests of a connection in the README", () => {
  it.each(block("sh", 1).trimEnd().split("\n"))("%s", async (command) => {
    const { url } = await startProbeGateway({ token: CANARY });
    const cwd = await temporaryDirectory({ "mcp-router.yaml": block("yaml") });
    const [program, ...words] = command.split(" ");
    expect(program).toBe("mcp-router");
    const run = await runCli(words, { cwd, env: { MCP_GATEWAY_TOKEN: CANARY, MCP_GATEWAY_URL: url } });
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).not.toContain(CANARY);
  });

  it("show the output as it is", async () => {
    const { url } = await startProbeGateway({ token: "another-token-than-ours" });
    const { stdout } = await runProbe("test-connection", { url });
    const shape = (text: string): readonly string[] => {
      return text
        .trimEnd()
        .split("\n")
        .map((line) => /^\S \S+|^ {4}(→ .*|.*\[\w+\]$)/.exec(line)?.[0] ?? "")
        .map((line) => line.replace(/127.*\[/, "["));
    };
    const shown = shape(block("text")).slice(1);
    expect(shape(stdout).slice(1, shown.length + 1)).toEqual(shown);
  });
});
