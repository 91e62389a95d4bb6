import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";

import { describe, expect, it } from "vitest";

import { runCli } from "../testing/cli-process.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { BoundedWriter } from "./bounded-writer.ts";
import type { LogSettings } from "./log-settings.ts";
import { Log } from "./log.ts";
import { Redactor } from "@mcp-router/core";

class Sink extends Writable {
  text = "";
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
  get records(): readonly unknown[] {
    return this.text
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
  }
}

function logTo(sink: Writable, settings: Partial<LogSettings> = {}, ...secrets: string[]): Log {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(secret);
  return new Log({ level: "info", format: "json", output: "stderr", ...settings }, redactor, new BoundedWriter(sink));
}

describe("Log", () => {
  it("writes JSON records in the order they came, with the fields of child loggers", async () => {
    const sink = new Sink();
    const log = logTo(sink);
    log.logger.debug("not written");
    log.logger.info("first");
    log.logger.child({ plugin: "p" }).child({ hook: "h" }).warn({ n: 1 }, "second");
    log.logger.error(new Error("third"));
    await log.flush();
    log.logger.info("fourth");
    await log.flush();
    expect(sink.records).toMatchObject([
      { level: "info", msg: "first", time: expect.stringMatching(/^\d{4}-.*Z$/), pid: process.pid },
      { level: "warn", msg: "second", plugin: "p", hook: "h", n: 1 },
      { level: "error", msg: "third", err: { type: "Error", message: "third" } },
      { level: "info", msg: "fourth" },
    ]);
    expect(sink.text).not.toContain("    at ");
    expect(log.logger.isLevelEnabled("debug")).toBe(false);
    expect(log.logger.isLevelEnabled("info")).toBe(true);
  });

  it("writes stacks on level debug", async () => {
    const sink = new Sink();
    const log = logTo(sink, { level: "debug" });
    log.logger.error({ err: new Error("outer", { cause: new Error("inner") }) });
    await log.flush();
    expect(sink.records).toMatchObject([{ err: { stack: expect.any(String), cause: { message: "inner" } } }]);
  });

  it("writes no secret, wherever in a record it stands", async () => {
    const sink = new Sink();
    const log = logTo(sink, {}, "canary-secret");
    log.logger.info({ header: `Bearer canary-secret`, deep: [{ "canary-secret": 1 }] }, "with canary-secret in it");
    log.logger.error(new Error(`Basic ${Buffer.from("user:canary-secret").toString("base64")}`));
    await log.flush();
    expect(sink.text).not.toContain("canary-secret");
    expect(sink.text).not.toContain(Buffer.from("user:canary-secret").toString("base64").slice(7, -4));
    expect(sink.text.match(/\[redacted\]/g)?.length).toBeGreaterThanOrEqual(4);
  });

  it.each(["json", "pretty"] as const)("escapes what a terminal would obey, in the format %s", async (format) => {
    const sink = new Sink();
    const log = logTo(sink, { format });
    const hostile = "\u001b[2J \u009b31m \u202egnp \r\n fake line \u2028 \u0007";
    log.logger.warn({ reason: hostile, [hostile]: 1 }, hostile);
    await log.flush();
    // Colours are off: whatever is left of these came from the record.
    // oxlint-disable-next-line no-control-regex
    expect(sink.text).not.toMatch(/[\u001b\u009b\u202e\u2028\u0007\r]/);
    expect(
      sink.text
        .split("\n")
        .filter((line) => line.includes("fake line"))
        .every((line) => line.includes("\\")),
    ).toBe(true);
  });

  it("drops records that are not read in time, and says how many", async () => {
    const stuck = new Sink();
    stuck.cork();
    const log = logTo(stuck);
    log.logger.info("start");
    while (stuck.writableLength === 0) await new Promise((resolve) => setImmediate(resolve));
    for (let count = 0; count < 3_000; count += 1) log.logger.info("x".repeat(1_000));
    expect(stuck.writableLength).toBeLessThan(1_100_000);
    stuck.uncork();
    await log.flush();
    log.logger.info("again");
    await log.flush();
    expect(stuck.records).toContainEqual(expect.objectContaining({ level: "warn", dropped: expect.any(Number) }));
    expect(stuck.records.at(-1)).toMatchObject({ msg: "again" });
  });
});

describe("the log of the command", () => {
  const plugin = `
    import { definePlugin } from "@mcp-router/core/plugin";
    export default definePlugin({ name: "p", apiVersion: "^1.0", apply(host) {
      host.redact("canary-secret");
      for (const level of ["debug", "info", "warn", "error"]) host.log[level]("level-" + level + " canary-secret");
    } });`;
  const words = ["--url", "ws://127.0.0.1:1/mcp", "--plugin", "./p.mjs"];

  it.each([
    ["info, when a person starts it", [], {}, "info"],
    ["warn, when Claude starts it", [], { CLAUDECODE: "1" }, "warn"],
    ["what --log-level says", ["--log-level", "error"], { MCP_LOGGING_LEVEL: "debug" }, "error"],
    ["what the environment says", ["--set", "retry.budget=5"], { MCP_LOGGING_LEVEL: "debug" }, "debug"],
    ["error, when it is to be quiet", ["--quiet"], {}, "error"],
    ["what the configuration says", ["--set", "logging.level=warn"], {}, "warn"],
  ])("has the level %s", async (_name, more, env, least) => {
    const cwd = await temporaryDirectory({ "p.mjs": plugin });
    const { stderr, stdout } = await runCli([...words, ...more], { cwd, env });
    const levels = ["debug", "info", "warn", "error"];
    const written = levels.filter((level) => stderr.includes(`level-${level}`));
    expect(written).toEqual(levels.slice(levels.indexOf(least)));
    expect(stderr).toContain("[redacted]");
    expect(stderr + stdout).not.toContain("canary-secret");
  });

  it("is JSON where stderr is no terminal, and pretty when asked for", async () => {
    const cwd = await temporaryDirectory({ "p.mjs": plugin });
    const json = await runCli([...words, "--quiet"], { cwd });
    expect(JSON.parse(json.stderr)).toMatchObject({ level: "error", msg: expect.stringContaining("level-error") });
    const pretty = await runCli([...words, "--quiet", "--set", "logging.format=pretty"], { cwd });
    expect(pretty.stderr).toMatch(/ERROR.*level-error/);
  });

  it("goes to a file that only the user can read", async () => {
    const cwd = await temporaryDirectory({ "p.mjs": plugin });
    const { stderr } = await runCli([...words, "--quiet", "--set", "logging.output=logs.txt"], { cwd });
    expect(stderr).toBe("");
    expect(await readFile(join(cwd, "logs.txt"), "utf8")).toContain("level-error");
    expect((await stat(join(cwd, "logs.txt"))).mode & 0o777).toBe(0o600);
  });

  it("costs no session when its file cannot be written", async () => {
    const cwd = await temporaryDirectory({ "p.mjs": plugin });
    const { exitCode, stderr } = await runCli([...words, "--set", "logging.output=no/such/directory/log"], { cwd });
    expect(stderr).toMatch(/cannot write the log to .*no\/such\/directory\/log/);
    expect(exitCode).toBe(0);
  });
});
