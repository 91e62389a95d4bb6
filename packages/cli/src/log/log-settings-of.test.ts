import { describe, expect, it } from "vitest";

import { logSettingsOf } from "./log-settings-of.ts";
import type { LogSources } from "./log-settings-of.ts";

function settings(
  sources: Partial<LogSources>,
  logging?: { readonly [key: string]: string },
): ReturnType<typeof logSettingsOf> {
  const layers =
    logging === undefined ? [] : [{ origin: "f", file: "/etc/conf/f.yaml", kind: "file" as const, value: { logging } }];
  const flags = { plugins: [], set: [], quiet: false };
  return logSettingsOf({ flags, layers, env: {}, workingDirectory: "/here", isTerminal: false, ...sources });
}

describe("logSettingsOf", () => {
  it("has defaults for a pipe, a terminal and Claude", () => {
    expect(settings({})).toEqual({ level: "info", format: "json", output: "stderr" });
    expect(settings({ isTerminal: true })).toMatchObject({ format: "pretty" });
    expect(settings({ env: { CLAUDECODE: "1" } })).toMatchObject({ level: "warn" });
    expect(settings({ isTerminal: true }, { format: "json" })).toMatchObject({ format: "json" });
  });

  it("resolves an output against the file, or against where the environment's variable was set", () => {
    expect(settings({}, { output: "log.txt" }).output).toBe("/etc/conf/log.txt");
    expect(settings({ env: { MCP_LOGGING_OUTPUT: "log.txt" } }, { output: "x" }).output).toBe("/here/log.txt");
  });

  it("expands references to the environment, and takes what it cannot expand for unset", () => {
    const output = "${env:LOG_DIR:-/tmp}/a.log";
    expect(settings({ env: { LOG_DIR: "/var/log" } }, { output }).output).toBe("/var/log/a.log");
    expect(settings({}, { output }).output).toBe("/tmp/a.log");
    expect(settings({}, { output: "${env:UNSET}/a.log" }).output).toBe("stderr");
    expect(settings({}, { level: "${file:x}" }).level).toBe("info");
  });
});
