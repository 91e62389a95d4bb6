import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, it, onTestFinished } from "vitest";

import { BIN, CliProcess, runCli } from "./testing/cli-process.ts";
import { startEchoGateway } from "./testing/echo-gateway.ts";
import { temporaryDirectory } from "./testing/temporary-directory.ts";

const INITIALIZE = {
  jsonrpc: "2.0",
  id: "first",
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "test", version: "1" } },
};
const HANG = { jsonrpc: "2.0", id: "hanging", method: "test/hang" };

/** A router that has answered `initialize`. */
async function connected(
  words: readonly string[] = [],
  files: { readonly [path: string]: string } = {},
): Promise<CliProcess> {
  const gateway = await startEchoGateway();
  const cwd = await temporaryDirectory(files);
  const cli = new CliProcess(["--url", gateway.url, ...words], { cwd });
  cli.send(INITIALIZE);
  expect(await cli.receive()).toMatchObject({ id: "first", result: { method: "initialize" } });
  return cli;
}

describe("mcp-router", () => {
  it("bridges stdin and the gateway, and exits with 0 when stdin ends", async () => {
    const cli = await connected();
    cli.send({ jsonrpc: "2.0", id: 2, method: "tools/list", params: { cursor: "x" } });
    expect(await cli.receive()).toEqual({
      jsonrpc: "2.0",
      id: 2,
      result: { method: "tools/list", params: { cursor: "x" } },
    });
    cli.child.stdin.end();
    expect(await cli.ended).toMatchObject({ exitCode: 0, signal: null });
  });

  it("answers what was read before the end of stdin", async () => {
    const gateway = await startEchoGateway();
    const cwd = await temporaryDirectory();
    const { exitCode, stdout } = await runCli(["run", "--url", gateway.url], {
      cwd,
      input: `${JSON.stringify(INITIALIZE)}\n`,
    });
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ id: "first" });
    expect(exitCode).toBe(0);
  });

  it("ends at once with 0 when stdin has ended before it starts", async () => {
    const cwd = await temporaryDirectory();
    const child = spawn(process.execPath, [BIN, "--url", "ws://127.0.0.1:1/mcp"], {
      cwd,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [exitCode] = await once(child, "close");
    expect(exitCode).toBe(0);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("answers open requests and exits with 0 on %s", async (signal) => {
    const cli = await connected();
    cli.send(HANG);
    // The answer to a later request shows that the first one was read.
    cli.send({ jsonrpc: "2.0", id: "later", method: "ping" });
    expect(await cli.receive()).toMatchObject({ id: "later" });
    const asked = performance.now();
    cli.child.kill(signal);
    expect(await cli.receive()).toMatchObject({ id: "hanging", error: { data: { reason: "SHUTTING_DOWN" } } });
    expect(await cli.ended).toMatchObject({ exitCode: 0, signal: null });
    expect(performance.now() - asked).toBeLessThan(1_000);
  });

  it("ends soon when nobody reads its stdout any more", async () => {
    const cli = await connected();
    cli.child.stdout.destroy();
    cli.send({ jsonrpc: "2.0", id: 2, method: "tools/list" });
    expect(await cli.ended).toMatchObject({ exitCode: 0 });
  });

  it("goes on, and ends, when its stderr is full", async () => {
    const plugin = `
      import { definePlugin } from "@mcp-router/core/plugin";
      export default definePlugin({ name: "verbose", apiVersion: "^1.0", apply(host) {
        for (let count = 0; count < 5_000; count += 1) host.log.error("x".repeat(1_000));
      } });`;
    const gateway = await startEchoGateway();
    const cwd = await temporaryDirectory({ "verbose.mjs": plugin });
    const child = spawn(process.execPath, [BIN, "--url", gateway.url, "--plugin", "./verbose.mjs"], { cwd });
    child.stdin.write(`${JSON.stringify(INITIALIZE)}\n`);
    await once(child.stdout, "data");
    child.stdin.end();
    const [exitCode] = await once(child, "exit");
    expect(exitCode).toBe(0);
    child.stderr.destroy();
  });

  it("goes on when nobody reads its stderr any more", async () => {
    const cli = await connected(["--log-level", "trace"]);
    cli.child.stderr.destroy();
    for (const id of [2, 3, 4]) {
      cli.send({ jsonrpc: "2.0", id, method: "tools/list" });
      expect(await cli.receive()).toMatchObject({ id });
    }
    cli.child.stdin.end();
    expect(await cli.ended).toMatchObject({ exitCode: 0 });
  });

  it("exits with 128 + n at once on a second signal", async () => {
    const plugin = `
      import { definePlugin } from "@mcp-router/core/plugin";
      export default definePlugin({ name: "stuck", apiVersion: "^1.0", apply(host) {
        host.onDispose(() => new Promise(() => setInterval(() => {}, 1_000)));
      } });`;
    const cli = await connected(["--plugin", "./stuck.mjs"], { "stuck.mjs": plugin });
    cli.send(HANG);
    cli.child.kill("SIGINT");
    cli.child.kill("SIGTERM");
    const { exitCode, signal } = await cli.ended;
    expect(signal).toBeNull();
    // The system may deliver either first.
    expect([constants.signals.SIGINT, constants.signals.SIGTERM].map((number) => 128 + number)).toContain(exitCode);
  });

  it("is gone soon after a signal, whatever a plugin still does", async () => {
    const plugin = `
      import { definePlugin } from "@mcp-router/core/plugin";
      export default definePlugin({ name: "stuck", apiVersion: "^1.0", apply(host) {
        host.onDispose(() => new Promise(() => setInterval(() => {}, 1_000)));
      } });`;
    const cli = await connected(["--plugin", "./stuck.mjs"], { "stuck.mjs": plugin });
    const asked = performance.now();
    cli.child.kill("SIGTERM");
    expect(await cli.ended).toMatchObject({ exitCode: 0, signal: null });
    expect(performance.now() - asked).toBeLessThan(1_000);
  });

  it("ends when its parent was killed, even though its stdin stays open", async () => {
    const gateway = await startEchoGateway();
    const cwd = await temporaryDirectory();
    // A pipe that stays open as long as we hold it, whoever dies.
    const pipe = join(cwd, "stdin");
    execFileSync("mkfifo", [pipe]);
    const stdin = openSync(pipe, "r+");
    onTestFinished(() => closeSync(stdin));
    const wrapper = spawn("sh", ["-c", `exec 3<&0; "${process.execPath}" "${BIN}" --url ${gateway.url} <&3 & wait`], {
      cwd,
      stdio: [stdin, "pipe", "inherit"],
    });
    const { stdout } = wrapper;
    if (stdout === null) throw new Error("the wrapper has no stdout");
    writeSync(stdin, `${JSON.stringify(INITIALIZE)}\n`);
    await once(stdout, "data");
    wrapper.kill("SIGKILL");
    const orphaned = performance.now();
    // stdout is closed when the last process that holds it has ended.
    await once(stdout.resume(), "close");
    expect(performance.now() - orphaned).toBeLessThan(7_000);
  });
});

describe("stdout", () => {
  it("holds the protocol alone, whatever plugins print", async () => {
    const plugin = `
      import { definePlugin } from "@mcp-router/core/plugin";
      console.log("printed while loading");
      export default definePlugin({ name: "chatty", apiVersion: "^1.0", apply(host) {
        host.hooks.beforeSend.tap(() => { console.log("printed by console"); process.stdout.write("written\\n"); });
      } });`;
    const cli = await connected(["--plugin", "./chatty.mjs"], { "chatty.mjs": plugin });
    cli.child.stdin.end();
    const { stderr, stdout } = await cli.ended;
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    for (const text of ["printed while loading", "printed by console", "written"]) expect(stderr).toContain(text);
    expect(stderr.match(/a plugin or dependency wrote to stdout/g)).toHaveLength(1);
  });
});

describe("an error that nobody caught", () => {
  const plugin = `
    import { definePlugin } from "@mcp-router/core/plugin";
    export default definePlugin({ name: "bomb", apiVersion: "^1.0", apply(host) {
      host.hooks.beforeSend.tap((outbound) => {
        if (outbound.message.method === "test/hang") setTimeout(() => { throw new Error("boom"); });
        if (outbound.message.method === "test/hang") setTimeout(() => { throw new Error("another"); });
      });
    } });`;

  it("is told once, open requests are answered, and the exit code is 70", async () => {
    const cli = await connected(["--plugin", "./bomb.mjs"], { "bomb.mjs": plugin });
    cli.send(HANG);
    expect(await cli.receive()).toMatchObject({ id: "hanging", error: { code: expect.any(Number) } });
    const { exitCode, stderr } = await cli.ended;
    expect(exitCode).toBe(70);
    expect(stderr.split("\n").filter((line) => line.includes("boom"))).toHaveLength(1);
    expect(stderr).not.toContain("another");
    expect(stderr).not.toContain("    at ");
  });
});

describe("a TypeScript plugin outside of every package", () => {
  it("is loaded, with the router's own copy of its entry", async () => {
    const files = {
      "answer.ts": 'export enum Answer { Text = "from TypeScript" }',
      "plugin.ts": `
        import { definePlugin, reply } from "@mcp-router/core/plugin";
        import { Answer } from "./answer.ts";
        export default definePlugin({ name: "local", apiVersion: "^1.0", apply(host) {
          host.hooks.beforeSend.tap((outbound) => {
            if (outbound.message.method === "local/ask") return reply({ text: Answer.Text satisfies string });
          });
        } });`,
    };
    const cli = await connected(["--plugin", "./plugin.ts"], files);
    cli.send({ jsonrpc: "2.0", id: 2, method: "local/ask" });
    expect(await cli.receive()).toEqual({ jsonrpc: "2.0", id: 2, result: { text: "from TypeScript" } });
    cli.child.stdin.end();
    expect(await cli.ended).toMatchObject({ exitCode: 0 });
  });
});

describe("NODE_TLS_REJECT_UNAUTHORIZED=0", () => {
  it("is warned about, for it does nothing here", async () => {
    const cwd = await temporaryDirectory();
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };
    const { exitCode, stderr } = await runCli(["--url", "wss://127.0.0.1:1/mcp"], { cwd, env });
    expect(stderr).toContain("NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored");
    expect(exitCode).toBe(0);
  });
});

describe("mcp-router dev-gateway", () => {
  it("has stdout for itself, and ends with 0 on a signal", async () => {
    const words = [
      "dev-gateway",
      "--json",
      "--quiet",
      "--token",
      "token-of-a-test",
      "--",
      process.execPath,
      "-e",
      "setInterval(() => {}, 1000)",
    ];
    const cli = new CliProcess(words, { cwd: await temporaryDirectory() });
    expect(await cli.receive()).toMatchObject({ url: expect.stringMatching(/^ws:/), pid: cli.child.pid });
    cli.child.kill("SIGTERM");
    expect(await cli.ended).toMatchObject({ exitCode: 0, signal: null, stderr: "" });
  });
});

describe("node_modules/.bin/mcp-router", () => {
  it("is this command", async () => {
    const bin = join(BIN, "../../../../node_modules/.bin/mcp-router");
    const { stdout } = await promisify(execFile)(bin, ["--version"]);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
