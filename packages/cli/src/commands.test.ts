import { describe, expect, it } from "vitest";

import { runCli } from "./testing/cli-process.ts";
import { temporaryDirectory } from "./testing/temporary-directory.ts";

describe("a command line that makes no sense ends with 2, nothing on stdout, and one error", () => {
  it.each([
    [["confg"], "error: unknown command 'confg'\n(Did you mean config?)\n"],
    [["config", "vaildate"], "error: unknown command 'vaildate'\n(Did you mean validate?)\n"],
    [["--confg", "x"], "error: unknown option '--confg'\n(Did you mean --config?)\n"],
    [["run", "--quite"], "error: unknown option '--quite'\n(Did you mean --quiet?)\n"],
    [["run", "surplus"], "error: too many arguments for 'run'. Expected 0 arguments but got 1.\n"],
    [["--url"], "error: option '--url <url>' argument missing\n"],
    [
      ["--log-level", "loud"],
      /^error: option '--log-level <level>' argument 'loud' is invalid\. Allowed choices are trace, .*\n$/,
    ],
    [["completion", "csh"], /^error: .*'csh' is invalid.*bash, zsh, fish\.\n$/],
    [["--url", "ws://127.0.0.1:1", "--set", "novalue"], /^mcp-router: --set novalue: expected key=value\n.*\n$/],
    [["trust", "--list", "x"], /^mcp-router: --list takes neither.*\n$/],
    [["dev-gateway"], /^error: no MCP server to serve/],
  ])("%j", async (words, message) => {
    const { exitCode, stderr, stdout } = await runCli(words, { cwd: await temporaryDirectory() });
    if (typeof message === "string") expect(stderr).toBe(message);
    else expect(stderr).toMatch(message);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });

  it("a command that needs a subcommand prints its help on stderr", async () => {
    const { exitCode, stderr, stdout } = await runCli(["config"], { cwd: await temporaryDirectory() });
    expect(stderr).toContain("Usage: mcp-router config");
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });
});

describe("help and version", () => {
  it.each([
    [["--help"]],
    [["-h"]],
    [["help"]],
    [["help", "config"]],
    [["config", "--help"]],
    [["--version"]],
    [["-V"]],
  ])("%j prints on stdout and ends with 0", async (words) => {
    const { exitCode, stderr, stdout } = await runCli(words, { cwd: await temporaryDirectory() });
    expect(stdout).toMatch(
      words.some((word) => ["--version", "-V"].includes(word)) ? /^\d+\.\d+\.\d+\n$/ : /^Usage: mcp-router/,
    );
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
  });
});

describe("plugins", () => {
  const plugin = `
    import { definePlugin } from "@mcp-router/core/plugin";
    console.log("noise");
    const tap = (stage) => (host) => host.hooks.beforeSend.tap(() => {}, { stage });
    export default [
      definePlugin({ name: "late", apiVersion: "^1.0", apply: tap("audit") }),
      definePlugin({ name: "early", apiVersion: "^1.0", apply: tap("observe") }),
    ];`;
  const words = ["--url", "ws://127.0.0.1:1/mcp", "--plugin", "./two.mjs"];

  it("prints what a run would load, from where, and because of what", async () => {
    const cwd = await temporaryDirectory({ "two.mjs": plugin });
    const { exitCode, stdout } = await runCli(["plugins", ...words], { cwd });
    expect(stdout).toMatch(/^PLUGIN\s+VERSION\s+BECAUSE\s+FROM\n/);
    expect(stdout).toMatch(/^transport-ws\s+\d\S+\s+.*scheme ws.*transport-ws/m);
    expect(stdout).toMatch(/^early\s+-\s+.*two\.mjs$/m);
    expect(stdout).not.toContain("noise");
    expect(exitCode).toBe(0);
  });

  it("prints the taps in the order they run", async () => {
    const cwd = await temporaryDirectory({ "two.mjs": plugin });
    const { stdout } = await runCli(["plugins", "--hooks", ...words], { cwd });
    expect(stdout).toMatch(/^beforeSend\s+observe\s+early\n(.*\n)*beforeSend\s+audit\s+late$/m);
  });

  it("prints JSON", async () => {
    const cwd = await temporaryDirectory({ "two.mjs": plugin });
    const { stdout } = await runCli(["plugins", "--json", ...words], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({
      plugins: expect.arrayContaining([expect.objectContaining({ name: "transport-ws" })]),
      hooks: expect.arrayContaining([{ hook: "beforeSend", stage: "observe", plugin: "early" }]),
    });
  });
});

describe("a plugin that cannot be loaded", () => {
  it.each([
    ["that is not there", {}, /plugin \.\/p\.mjs \(resolve\)/],
    ["that throws", { "p.mjs": 'throw new Error("no luck")' }, /plugin \.\/p\.mjs \(import\): [^]*no luck/],
    ["that exports no plugin", { "p.mjs": "export default 1" }, /plugin \.\/p\.mjs \(shape\)/],
  ])("%s: ends the start with 78, its name, the phase and no stack", async (_name, files, message) => {
    const cwd = await temporaryDirectory(files);
    const { exitCode, stderr, stdout } = await runCli(["--url", "ws://127.0.0.1:1", "--plugin", "./p.mjs"], { cwd });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("    at ");
    expect(stdout).toBe("");
    expect(exitCode).toBe(78);
  });

  it("prints the stack with --log-level debug", async () => {
    const cwd = await temporaryDirectory({ "p.mjs": 'throw new Error("no luck")' });
    const { stderr } = await runCli(["--url", "ws://127.0.0.1:1", "--plugin", "./p.mjs", "--log-level", "debug"], {
      cwd,
    });
    expect(stderr).toContain("    at ");
  });
});

describe("a command that a plugin contributes", () => {
  const plugin = `
    import { definePlugin } from "@mcp-router/core/plugin";
    export default definePlugin({
      name: "greeter",
      apiVersion: "^1.0",
      contributes: {
        commands: {
          greet: {
            description: "greets",
            run: async (words) => {
              console.log("hello", ...words);
              return 7;
            },
          },
        },
      },
    });`;

  it("runs with the words behind its name, owns stdout, and decides the exit code", async () => {
    const cwd = await temporaryDirectory({ "greeter.ts": plugin });
    const { exitCode, stderr, stdout } = await runCli(["--plugin", "./greeter.ts", "greet", "you", "--loudly"], {
      cwd,
    });
    expect(stderr).toBe("");
    expect(stdout).toBe("hello you --loudly\n");
    expect(exitCode).toBe(7);
  });

  it("is unknown where the plugin is not loaded", async () => {
    const { exitCode, stderr } = await runCli(["greet"], { cwd: await temporaryDirectory() });
    expect(stderr).toBe("error: unknown command 'greet'\n");
    expect(exitCode).toBe(2);
  });
});
