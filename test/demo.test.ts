import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

import { describe, expect, it, onTestFinished } from "vitest";

const demo = fileURLToPath(new URL("../scripts/demo.mjs", import.meta.url));
const screenModule = new URL("../scripts/demo/screen.mjs", import.meta.url).href;

// The demo takes three seconds; a machine that is busy with other tests gives it less of itself.
describe("the demo", { timeout: 60_000 }, () => {
  it("shows the whole conversation, exits 0 and leaves nothing behind", async () => {
    const { code, stdout, stderr, leftBehind } = await runDemo();

    expect(stderr).toBe("");
    expect(code).toBe(0);
    const shown = [
      "MCP client │ ◄─────► │ mcp-router │ ◄─────────────► │ dev gateway",
      'url: "ws://127.0.0.1:',
      "client ──► initialize",
      "client ◄── mcp-servers/everything",
      "client ──► tools/list",
      "trigger-long-running-operation",
      "client ──► tools/call get-sum",
      "client ◄── The sum of 20 and 22 is 42.",
      "client ◄── progress ████░░░░░░░░░░░░░░░░ 1/5",
      "client ◄── Long running operation completed.",
      "client ◄── sampling/createMessage",
      "the tool is done; its answer holds what the client said",
      "median",
      "✔ Everything arrived.",
    ];
    const places = shown.map((text) => stdout.indexOf(text));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((left, right) => left - right));
    expect(stripVTControlCharacters(stdout)).toBe(stdout);
    expect(leftBehind).toEqual([]);
  });

  it("says what is wrong and exits 1 when the server dies", async () => {
    const { code, stdout, stderr, leftBehind } = await runDemo("--", process.execPath, "-e", "process.exit(3)");

    expect(code).toBe(1);
    expect(stderr).toContain("✘ The demo failed: ");
    expect(stderr).toContain("The gateway closed the session: 1011 the server ended (exit code 3)");
    expect(stdout).not.toContain("✔");
    expect(leftBehind).toEqual([]);
  });

  it("is coloured on a terminal, and not when NO_COLOR asks for that", async () => {
    const script = `
      import { Screen } from ${JSON.stringify(screenModule)};
      new Screen({ isTTY: true, write: (text) => process.stdout.write(text) }).heading("Hello");`;
    const print = (env: NodeJS.ProcessEnv) => run(["--input-type=module", "-e", script], env);

    expect((await print({ NO_COLOR: "" })).stdout).toBe("\n  \u001B[1mHello\u001B[22m\n");
    expect((await print({ NO_COLOR: "1" })).stdout).toBe("\n  Hello\n");
  });
});

async function runDemo(...words: readonly string[]) {
  const temporary = await mkdtemp(join(tmpdir(), "mcp-router-demo-test-"));
  onTestFinished(() => rm(temporary, { recursive: true }));
  const result = await run([demo, ...words], { TMPDIR: temporary });
  return { ...result, leftBehind: await readdir(temporary) };
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv) {
  return new Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }>((resolve) => {
    execFile(process.execPath, args, { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}
