import { chmod, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { runCli } from "./testing/cli-process.ts";
import { temporaryDirectory } from "./testing/temporary-directory.ts";

const VALID = "gateway:\n  url: ws://127.0.0.1:1/mcp\n";
const urlOf = (host: string): string => `gateway:\n  url: ws://${host}.localhost:1/mcp\n`;

interface Shown {
  readonly config: { readonly gateway: { readonly url: string }; readonly logging?: { readonly level?: string } };
  readonly origins: { readonly [key: string]: string };
}

async function show(
  cwd: string,
  words: readonly string[] = [],
  env: { readonly [name: string]: string } = {},
): Promise<Shown> {
  const { exitCode, stderr, stdout } = await runCli(["config", "show", "--json", ...words], { cwd, env });
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  return JSON.parse(stdout);
}

describe("a configuration file that cannot be used ends the start with 78 and says where", () => {
  it.each([
    ["an empty file", "c.yaml", " \n", /c\.yaml: the file is empty/],
    [
      "a byte order mark",
      "c.yaml",
      `\uFEFF${VALID}`,
      /c\.yaml:1:1: the file begins with a byte order mark\n.*UTF-8 without/,
    ],
    [
      "a YAML key that is there twice",
      "c.yaml",
      `${VALID}retry:\n  budget: 1\n  budget: 2\n`,
      /c\.yaml:5:3: .*duplicated mapping key/,
    ],
    ["a YAML syntax error", "c.yaml", `${VALID}local: [1, 2\nx: 3\n`, /c\.yaml:4:\d+: this is not valid YAML/],
    ["a tab in YAML", "c.yaml", "gateway:\n\turl: ws://x\n", /c\.yaml:2:\d+: this is not valid YAML.*\n.*no tabs/],
    ["a list", "c.yaml", "- a\n", /c\.yaml: expected an object .* found a list/],
    [
      "a JSON key that is there twice",
      "c.json",
      '{\n  "gateway": {},\n  "gateway": {}\n}',
      /c\.json:3:3: .*"gateway" is there twice/,
    ],
    ["a JSON syntax error", "c.json", '{\n  "gateway": {"url": }\n}', /c\.json:2:22: .*expected a value, found "}"/],
    ["a module without a default export", "c.mjs", "export const config = {};", /c\.mjs: it has no default export/],
    ["a module that throws", "c.mjs", 'throw new Error("no luck");', /c\.mjs: it cannot be run: no luck/],
    [
      "a module with a function in it",
      "c.ts",
      "export default { gateway: { url: () => 1 } };",
      /c\.ts: gateway\.url is a function/,
    ],
    ["an unknown format", "c.toml", "a = 1", /c\.toml: "\.toml" is not a format/],
    ["an unknown key", "c.yaml", `${VALID}  conection:\n    timeout_ms: 1\n`, /c\.yaml:3:3: .*conection.*connection/],
    [
      "a wrong type",
      "c.json",
      '{"gateway": {"url": "ws://127.0.0.1:1",\n "connection": {"timeout_ms": "soon"}}}',
      /c\.json:2:17: .*timeout_ms/,
    ],
  ])("%s", async (_name, file, text, message) => {
    const cwd = await temporaryDirectory({ [file]: text });
    for (const words of [
      ["--config", file],
      ["config", "validate", "-c", file],
    ]) {
      const { exitCode, stderr, stdout } = await runCli(words, { cwd });
      expect(stderr).toMatch(message);
      expect(stderr).not.toContain("    at ");
      expect(stdout).toBe("");
      expect(exitCode).toBe(78);
    }
  });

  it("a missing file, and a directory", async () => {
    const cwd = await temporaryDirectory({ "sub/x": "" });
    expect(await runCli(["--config", "nowhere.yaml"], { cwd })).toMatchObject({
      exitCode: 78,
      stderr: expect.stringContaining(`${join(cwd, "nowhere.yaml")}: there is no such file`),
    });
    expect(await runCli(["--config", "sub"], { cwd })).toMatchObject({
      exitCode: 78,
      stderr: expect.stringContaining("this is a directory"),
    });
  });

  it("tells all faults at once", async () => {
    const cwd = await temporaryDirectory({ "c.yaml": `${VALID}local:\n  drain_timeout_ms: x\nretry:\n  budgget: 1\n` });
    const { exitCode, stderr } = await runCli(["config", "validate", "-c", "c.yaml"], { cwd });
    expect(stderr).toMatch(/c\.yaml:4:3: .*drain_timeout_ms[^]*c\.yaml:6:3: .*budgget/);
    expect(exitCode).toBe(78);
  });

  it("no file at all, and no --url", async () => {
    const cwd = await temporaryDirectory();
    const { exitCode, stderr } = await runCli([], { cwd });
    expect(stderr).toMatch(/there is no configuration[^]*--config FILE.*--url/);
    expect(exitCode).toBe(78);
  });

  it("a file that others can change is used, with a warning", async () => {
    const cwd = await temporaryDirectory({ "c.yaml": VALID });
    await chmod(join(cwd, "c.yaml"), 0o666);
    const { exitCode, stderr } = await runCli(["config", "validate", "-c", "c.yaml"], { cwd });
    expect(stderr).toMatch(/warning: .*c\.yaml can be changed by other users.*chmod go-w/);
    expect(exitCode).toBe(0);
  });

  it("a file with a secret in it that others can read is used, with a warning", async () => {
    const text = `${VALID}  auth: {type: bearer, token: abcdefghijkl}\n`;
    const cwd = await temporaryDirectory({ "c.yaml": text });
    await chmod(join(cwd, "c.yaml"), 0o644);
    const open = await runCli(["config", "validate", "-c", "c.yaml"], { cwd });
    expect(open.stderr).toMatch(/warning: .*c\.yaml holds a secret and can be read by other users.*chmod 600/);
    expect(open.stderr).not.toContain("abcdefghijkl");
    await chmod(join(cwd, "c.yaml"), 0o600);
    const closed = await runCli(["config", "validate", "-c", "c.yaml"], { cwd });
    expect(closed.stderr).not.toContain("can be read by other users");
  });
});

describe("the configuration file", () => {
  it.each([
    ["mcp-router.yaml", urlOf("here")],
    ["mcp-router.yml", urlOf("here")],
    ["mcp-router.json", '{"gateway": {"url": "ws://here.localhost:1/mcp"}}'],
    ["mcp-router.js", 'module.exports = { gateway: { url: "ws://here.localhost:1/mcp" } };'],
    ["mcp-router.mjs", 'export default { gateway: { url: "ws://here.localhost:1/mcp" } };'],
    ["mcp-router.ts", 'const url: string = "ws://here.localhost:1/mcp"; export default { gateway: { url } };'],
    ["package.json", '{"name": "p", "mcp-router": {"gateway": {"url": "ws://here.localhost:1/mcp"}}}'],
  ])("is found as %s", async (name, text) => {
    const cwd = await temporaryDirectory({ [name]: text });
    const { config, origins } = await show(cwd);
    expect(config.gateway.url).toBe("ws://here.localhost:1/mcp");
    expect(origins["gateway.url"]).toBe(join(cwd, name));
  });

  it("is looked for upwards, then in the user's directory; the nearest wins", async () => {
    const root = await temporaryDirectory({
      "a/b/c/.keep": "",
      "a/b/package.json": '{"name": "of-somebody-else"}',
      "a/package.json": "{ broken",
      "a/mcp-router.yaml": urlOf("above"),
      "user/mcp-router/mcp-router.yaml": urlOf("user"),
    });
    const env = { XDG_CONFIG_HOME: join(root, "user") };
    expect((await show(join(root, "a/b/c"), [], env)).config.gateway.url).toContain("above");
    await mkdir(join(root, "elsewhere"));
    expect((await show(join(root, "elsewhere"), [], env)).config.gateway.url).toContain("user");
    expect((await show(join(root, "elsewhere"), ["-c", "../a/mcp-router.yaml"], env)).config.gateway.url).toContain(
      "above",
    );
  });

  it("takes YAML before the other formats", async () => {
    const cwd = await temporaryDirectory({ "mcp-router.json": "{}", "mcp-router.yaml": VALID });
    expect((await show(cwd)).origins["gateway.url"]).toBe(join(cwd, "mcp-router.yaml"));
  });

  it("gives way to the environment, and that to flags", async () => {
    const cwd = await temporaryDirectory({ "c.yaml": `${urlOf("file")}logging: {level: error}\n` });
    const env = { MCP_LOGGING_LEVEL: "debug", MCP_GATEWAY_URL: "ws://environment.localhost:1" };
    const fromFile = await show(cwd, ["-c", "c.yaml"]);
    expect(fromFile.config).toMatchObject({
      gateway: { url: "ws://file.localhost:1/mcp" },
      logging: { level: "error" },
    });
    const overlaid = await show(cwd, ["-c", "c.yaml"], env);
    expect(overlaid.config).toMatchObject({
      gateway: { url: "ws://environment.localhost:1" },
      logging: { level: "debug" },
    });
    expect(overlaid.origins["logging.level"]).toContain("MCP_LOGGING_LEVEL");
    const flags = [
      "--url",
      "ws://flag.localhost:1",
      "--set",
      "local.drain_timeout_ms=7",
      "--set",
      "logging.level=info",
    ];
    const { config, origins } = await show(cwd, ["-c", "c.yaml", ...flags], env);
    expect(config).toMatchObject({
      gateway: { url: "ws://flag.localhost:1" },
      local: { drain_timeout_ms: 7 },
      logging: { level: "info" },
    });
    expect(origins).toMatchObject({ "gateway.url": "--url", "local.drain_timeout_ms": "--set local.drain_timeout_ms" });
  });

  it("runs no code of the working directory to find out what there is", async () => {
    const bomb = "throw new Error('this code was run');";
    const cwd = await temporaryDirectory({ ".config/config.js": bomb, "sub/.keep": "", "mcp-router.yaml": VALID });
    expect((await show(cwd)).config.gateway.url).toContain("127.0.0.1");
  });

  it("follows links, and is named by its real path", async () => {
    const cwd = await temporaryDirectory({ "real.yaml": VALID });
    await symlink("real.yaml", join(cwd, "mcp-router.yaml"));
    expect((await show(cwd)).origins["gateway.url"]).toBe(join(cwd, "real.yaml"));
  });
});

describe("config show", () => {
  it("prints each value with its origin and no secret", async () => {
    const cwd = await temporaryDirectory({ "c.yaml": `${VALID}  auth: {type: bearer, token: "\${env:TOKEN}"}\n` });
    await chmod(join(cwd, "c.yaml"), 0o600);
    const { exitCode, stderr, stdout } = await runCli(["config", "show", "-c", "c.yaml"], {
      cwd,
      env: { TOKEN: "canary-canary" },
    });
    expect(stdout).toMatch(/^gateway\.url\s+"ws:\/\/127\.0\.0\.1:1\/mcp"\s+# .*c\.yaml$/m);
    expect(stdout).toMatch(/^gateway\.auth\.token\s+"\[redacted\]"\s+# .*c\.yaml$/m);
    expect(stdout).toMatch(/^local\.drain_timeout_ms\s+5000\s+# default$/m);
    expect(stdout + stderr).not.toContain("canary");
    expect(exitCode).toBe(0);
  });

  it("takes flags before and behind the command", async () => {
    const cwd = await temporaryDirectory({ "c.yaml": VALID });
    for (const words of [
      ["-c", "c.yaml", "config", "show"],
      ["config", "-c", "c.yaml", "show"],
      ["config", "show", "--config=c.yaml"],
    ]) {
      expect(await runCli(words, { cwd })).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining("gateway.url"),
      });
    }
  });
});

describe("config schema", () => {
  it("describes the keys of core and of the standard plugins, without any file", async () => {
    const cwd = await temporaryDirectory();
    const { exitCode, stdout } = await runCli(["config", "schema"], { cwd });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      properties: {
        gateway: { properties: { url: { type: "string" } } },
        local: { properties: { rate_limit: { type: "object" } } },
      },
    });
  });
});
