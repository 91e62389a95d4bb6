import { describe, expect, it } from "vitest";
import { PLUGIN_BRAND, PRESET_BRAND } from "../plugin/brand.ts";
import { definePlugin } from "../plugin/define-plugin.ts";
import { definePreset } from "../plugin/define-preset.ts";
import { pluginProblems, presetProblems } from "./plugin-shape.ts";

const branded = (fields: object) => ({ [PLUGIN_BRAND]: true, name: "x", apiVersion: "^1.0", ...fields });

describe("pluginProblems", () => {
  it("finds none in what definePlugin makes", () => {
    const plugin = definePlugin({
      name: "audit-log",
      apiVersion: ">=1.0 <2",
      sections: { "advanced.audit": { type: "object" } },
      contributes: { transports: { "tcp+tls": {} }, auth: { sso: { schema: { type: "object" } } } },
      apply: () => {},
    });
    expect(pluginProblems(plugin)).toEqual([]);
  });

  it("knows a plugin that another copy of this package made", () => {
    expect(pluginProblems({ [Symbol.for("@mcp-router/plugin")]: true, name: "x", apiVersion: "^1.0" })).toEqual([]);
  });

  it.each<[unknown, string]>([
    [undefined, "it is nothing, not a plugin object"],
    [() => {}, "it is a function, not a plugin object"],
    [{ name: "x", apiVersion: "^1.0" }, "it was not made by definePlugin"],
    [branded({ name: "X y" }), "name is not made of lower-case words joined by hyphens"],
    [branded({ apiVersion: "" }), 'apiVersion is not a range of versions, such as "^1.0"'],
    [branded({ apply: {} }), "apply is not a function"],
    [
      branded({ sections: { "Local.x": { type: "object" } } }),
      'sections["Local.x"]: the name does not match ^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*$',
    ],
    [branded({ sections: { local: "x" } }), 'sections["local"] is not a JSON Schema'],
    [branded({ options: { type: "string" } }), 'options is not a JSON Schema of type "object"'],
    [branded({ contributes: { hooks: {} } }), "contributes.hooks is not one of transports, framings, auth, commands"],
    [branded({ contributes: { auth: { sso: {} } } }), 'auth["sso"].schema is missing'],
    [branded({ contributes: { transports: { ws: { create: 1 } } } }), 'transports["ws"].create is not a function'],
    [
      branded({ contributes: { commands: { hello: { description: "x" } } } }),
      'commands["hello"].run is not a function',
    ],
  ])("says what is wrong with %j", (value, problem) => {
    expect(pluginProblems(value)).toEqual([problem]);
  });
});

describe("presetProblems", () => {
  it("finds none in what definePreset makes", () => {
    expect(presetProblems(definePreset({ name: "mine", apiVersion: "^1.0", plugins: ["./a.ts"] }))).toEqual([]);
  });

  it.each<[unknown, string]>([
    [null, "it is null, not a preset object"],
    [{ [PRESET_BRAND]: true, name: "x", apiVersion: "^1.0", plugins: [1] }, "plugins is not a list of names"],
    [{ [PRESET_BRAND]: true, name: "x", apiVersion: "^1.0", plugins: [], config: [] }, "config is not an object"],
  ])("says what is wrong with %j", (value, problem) => {
    expect(presetProblems(value)).toEqual([problem]);
  });
});
