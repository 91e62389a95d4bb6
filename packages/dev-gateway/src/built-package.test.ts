import { execFileSync, spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { Readable } from "node:stream";

import { beforeAll, expect, test } from "vitest";

import { devGatewayCommand } from "./command/dev-gateway-command.ts";
import { shownSetting } from "./command/read-fault.ts";
import { isJsonObject } from "./envelope/json-value.ts";
import { FAULT_SETTINGS } from "./faults/fault-settings.ts";
import { buildPackage, packageDirectory } from "./testing/build-package.ts";
import { EnvelopeClient } from "./testing/envelope-client.ts";
import { fixtureServer } from "./testing/fixture-server.ts";
import { GuideClient } from "./testing/guide-client.ts";
import { processIsAlive } from "./testing/process-is-alive.ts";
import { authority, identityFile } from "./testing/test-identity.ts";

// One file for everything that runs from `dist`: two would build it at the same time.

const PROGRAM = `
  import { Command } from "commander";
  import { devGatewayCommand } from "@mcp-router/dev-gateway";
  const program = new Command("mcp-router").addCommand(devGatewayCommand());
  await program.parseAsync(process.argv.slice(1), { from: "user" });
`;

type Program = ChildProcessByStdio<null, Readable, Readable>;

beforeAll(buildPackage);

function run(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Program {
  const programArguments = ["--input-type=module", "--eval", PROGRAM, "dev-gateway", ...words];
  return spawn(process.execPath, programArguments, {
    cwd: packageDirectory,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function ready(program: Program): Promise<string> {
  for await (const line of createInterface({ input: program.stdout })) {
    const started: unknown = JSON.parse(line);
    if (!isJsonObject(started)) break;
    expect(started).toMatchObject({ pid: program.pid, port: expect.any(Number) });
    const { url } = started;
    if (typeof url === "string") return url;
  }
  throw new Error("the gateway did not start");
}

async function pidBehind(client: EnvelopeClient): Promise<number> {
  const { result } = await client.request({ id: 1, method: "pid" });
  return isJsonObject(result) ? Number(result["got"]) : Number.NaN;
}

test.each(["SIGINT", "SIGTERM"] as const)(
  "on %s sessions are closed with 1001, servers end, exit code 0",
  async (signal) => {
    const program = run(["--json", "--token-env", "GATEWAY_TOKEN", "--", ...fixtureServer], {
      GATEWAY_TOKEN: "secret-token",
    });
    const log = text(program.stderr);
    const url = await ready(program);
    const client = await EnvelopeClient.open(url, "secret-token");
    const pid = await pidBehind(client);
    const exited = once(program, "exit");
    program.kill(signal);
    expect(await client.ended).toMatchObject({ code: 1001 });
    expect(await exited).toEqual([0, null]);
    expect(processIsAlive(pid)).toBe(false);
    expect(await log).toContain(`dev gateway: ${url} serves`);
    expect(await log).toContain("[s1 stderr] fixture ready");
    expect(await log).not.toContain("secret-token");
  },
);

test("a second signal ends a stubborn server at once", async () => {
  const program = run(["--json", "--", ...fixtureServer, "--stubborn"]);
  const log = createInterface({ input: program.stderr });
  const client = await EnvelopeClient.open(await ready(program));
  const pid = await pidBehind(client);
  const exited = once(program, "exit");
  program.kill("SIGTERM");
  await client.ended;
  program.kill("SIGTERM");
  expect(await exited).toEqual([143, null]);
  await expect.poll(() => processIsAlive(pid)).toBe(false);
  log.close();
});

test.each([
  ["no command", [], /no MCP server to serve.*-- npx @modelcontextprotocol\/server-everything stdio/s, 2],
  ["a missing variable", ["--token-env", "NO_SUCH_TOKEN", "--", "x"], /NO_SUCH_TOKEN, which is not set/, 2],
  ["version 1 over tcp", ["--transport", "tcp", "--gateway-version", "1", "--", "x"], /speaks WebSocket only/, 2],
  [
    "a framing that is none",
    ["--transport", "tcp", "--framing", "x", "--", "x"],
    /Allowed choices are guide, typed/,
    1,
  ],
  ["an open host without a token", ["--host", "0.0.0.0", "--", "x"], /Expected a token for host 0\.0\.0\.0/, 78],
])("%s is an error that says what to do", async (_name, words, message, code) => {
  const program = run(words);
  const exited = once(program, "exit");
  expect(await text(program.stderr)).toMatch(message);
  expect(await exited).toEqual([code, null]);
});

const readme = readFileSync(join(packageDirectory, "README.md"), "utf8");

function runExample(index: number): string {
  const [, example = ""] = [...readme.matchAll(/```js\n(.*?)```/gs)][index] ?? [];
  // On stdin a module resolves its imports from the working directory, as in a user's project.
  return execFileSync(process.execPath, ["--input-type=module", "-"], {
    cwd: packageDirectory,
    input: example,
    encoding: "utf8",
  });
}

test("the example in the README runs as written", () => {
  expect(runExample(1)).toBe("s1 asks ping\ns1 gets {}\nclosed 1012 restart\n");
});

test("the example of framed TCP in the README runs as written", () => {
  expect(runExample(2)).toBe('{"jsonrpc":"2.0","id":1,"result":{}}\nclosed 1012\n');
});

test("the example of faults in the README runs as written", () => {
  expect(runExample(0)).toBe(
    "restart begins: crash, port closed for 100 ms\nclosed 1006\nrestart ends: serves again\n",
  );
});

test("the README names every fault and its settings", () => {
  for (const [fault, settings] of Object.entries(FAULT_SETTINGS)) {
    const row = new RegExp(`^\\| \`${fault}\` .*$`, "m").exec(readme)?.[0] ?? "";
    for (const setting of Object.keys(settings)) expect(row).toContain(`\`${shownSetting(setting)}\``);
  }
});

test("faults are on the command line too", async () => {
  const program = run(["--json", "--seed", "7", "--fault", "restart:every=20ms,down=0", "--", ...fixtureServer]);
  const log = text(program.stderr);
  const client = await EnvelopeClient.open(await ready(program));
  expect(await client.ended).toMatchObject({ code: 1006 });
  const exited = once(program, "exit");
  program.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
  expect(await log).toContain("faults are drawn with --seed 7");
  expect(await log).toContain("fault restart begins: crash, port closed for 0 ms");
});

test("framed TCP over TLS is on the command line too", async () => {
  const tls = ["--tls-cert", identityFile, "--tls-key", identityFile];
  const program = run(["--json", "--transport", "tcp", ...tls, "--", ...fixtureServer]);
  const log = text(program.stderr);
  const client = await GuideClient.open(await ready(program), authority);
  expect(await client.request({ id: 1, method: "x" })).toMatchObject({ id: 1, result: {} });
  const exited = once(program, "exit");
  program.kill("SIGTERM");
  expect((await client.next()).payload.toString()).toBe("1001 the gateway is shutting down");
  expect(await exited).toEqual([0, null]);
  expect(await log).toMatch(/dev gateway: tcps:\/\/127\.0\.0\.1:\d+ serves .*mcp-router --url tcps:/);
});

test("the address of a health port that the system has chosen is told", async () => {
  const program = run(["--json", "--quiet", "--transport", "tcp", "--health-port", "0", "--", ...fixtureServer]);
  const [first] = await once(createInterface({ input: program.stdout }), "line");
  const started: unknown = JSON.parse(String(first));
  const healthUrl = isJsonObject(started) ? started["healthUrl"] : undefined;
  if (typeof healthUrl !== "string") throw new Error(`no health address in ${String(first)}`);
  const health: unknown = await (await fetch(healthUrl)).json();
  expect(health).toMatchObject({ status: "ok" });
  program.kill("SIGTERM");
  expect(await text(program.stderr)).toContain(`health at ${healthUrl}`);
});

test("the README names every option of the command", () => {
  for (const { long } of devGatewayCommand().options) expect(readme).toContain(`\`${long}`);
});
