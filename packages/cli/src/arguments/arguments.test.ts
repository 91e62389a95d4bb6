import { describe, expect, it } from "vitest";

import { flagLayers, parseSetting } from "./flag-layers.ts";
import { readRunFlags } from "./read-run-flags.ts";

const NONE = { plugins: [], set: [], quiet: false };

describe("readRunFlags", () => {
  it.each([
    [[], NONE],
    [["run"], NONE],
    [["-c", "f", "run", "--quiet"], { ...NONE, config: "f", quiet: true }],
    [["run", "--config=f", "--url", "u"], { ...NONE, config: "f", url: "u" }],
    [["--plugin", "a", "--plugin=b", "--set", "k=v"], { ...NONE, plugins: ["a", "b"], set: ["k=v"] }],
    [["--log-level", "debug"], { ...NONE, logLevel: "debug" }],
  ])("reads %j", (words, flags) => {
    expect(readRunFlags(words)).toEqual(flags);
  });

  it.each([
    [["config"]],
    [["run", "x"]],
    [["--help"]],
    [["--bogus"]],
    [["--url"]],
    [["--log-level", "loud"]],
    [["-c", "f", "run", "run"]],
  ])("leaves %j to the full parser", (words) => {
    expect(readRunFlags(words)).toBeUndefined();
  });
});

describe("parseSetting", () => {
  it.each([
    ["a.b=5", ["a", "b"], 5],
    ["a=true", ["a"], true],
    ['a=["x"]', ["a"], ["x"]],
    ["a=text", ["a"], "text"],
    ["a=", ["a"], ""],
    ["a=b=c", ["a"], "b=c"],
    ['a="5"', ["a"], "5"],
  ])("reads %s", (text, path, value) => {
    expect(parseSetting(text)).toEqual({ path, value });
  });

  it.each(["a", "=1", "a..b=1", ".a=1", ""])("refuses %j", (text) => {
    expect(() => parseSetting(text)).toThrow("expected key=value");
  });
});

describe("flagLayers", () => {
  it("makes one layer for each flag, each with its origin", () => {
    expect(flagLayers({ ...NONE, url: "u", set: ["a.b=1"] }, "/here")).toEqual([
      { origin: "--url", kind: "flags", directory: "/here", value: { gateway: { url: "u" } } },
      { origin: "--set a.b", kind: "flags", directory: "/here", value: { a: { b: 1 } } },
    ]);
  });
});
