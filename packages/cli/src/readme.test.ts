import { readFile } from "node:fs/promises";

import { describe, expect, it } from "vitest";

import { runCli } from "./testing/cli-process.ts";
import { temporaryDirectory } from "./testing/temporary-directory.ts";

const README = await readFile(new URL("../README.md", import.meta.url), "utf8");

function block(language: string): string {
  return new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(README)?.[1] ?? "";
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
