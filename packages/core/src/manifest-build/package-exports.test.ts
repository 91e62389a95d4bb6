import { describe, expect, it } from "vitest";
import { definePlugin } from "../plugin/define-plugin.ts";
import { definePreset } from "../plugin/define-preset.ts";
import { manifestOfExports } from "./package-exports.ts";

const plugin = definePlugin({
  name: "example",
  apiVersion: "^1.0",
  sections: { "local.example": { type: "object" } },
  contributes: {
    transports: { ws: {} },
    commands: { hello: { description: "Greets.", run: () => Promise.resolve(0) } },
  },
});
const preset = definePreset({ name: "bundle", apiVersion: "^1.0", plugins: ["a"] });

describe("manifestOfExports", () => {
  it("describes a plugin", () => {
    expect(manifestOfExports(plugin)).toEqual({
      manifestVersion: 1,
      presets: [],
      plugins: [
        {
          name: "example",
          apiVersion: "^1.0",
          sections: { "local.example": { type: "object" } },
          options: undefined,
          transports: { ws: { schema: undefined, hasCreate: false } },
          auth: {},
          commands: { hello: { description: "Greets." } },
          hasApply: false,
        },
      ],
    });
  });

  it("describes several plugins and presets", () => {
    const other = definePlugin({ name: "other", apiVersion: "^1.0", apply: () => {} });
    const { plugins, presets } = manifestOfExports([plugin, preset, other]);
    expect(plugins.map(({ name, hasApply }) => [name, hasApply])).toEqual([
      ["example", false],
      ["other", true],
    ]);
    expect(presets).toEqual([{ name: "bundle", apiVersion: "^1.0", plugins: ["a"], config: {} }]);
  });

  it("names everything that is wrong", () => {
    const faulty = definePlugin({
      name: "Not A Name",
      apiVersion: "latest",
      sections: { "gateway.url": { type: "object" } },
    });
    expect(() => manifestOfExports([faulty, undefined])).toThrow(
      [
        "default export [0]: name is not made of lower-case words joined by hyphens",
        'default export [0]: apiVersion is not a range of versions, such as "^1.0"',
        "default export [1]: it is nothing, not a plugin object",
      ].join("\n"),
    );
  });

  it("refuses sections that take the router's own keys", () => {
    const taking = (path: string) =>
      definePlugin({ name: "thief", apiVersion: "^1.0", sections: { [path]: { type: "object" } } });
    expect(() => manifestOfExports(taking("gateway"))).toThrow("gateway is a key of the router's own");
    expect(() => manifestOfExports(taking("gateway.url.x"))).toThrow("gateway.url is a key of the router's own");
    expect(() => manifestOfExports(taking("gateway.mine"))).not.toThrow();
  });

  it("refuses two plugins of one name", () => {
    expect(() => manifestOfExports([plugin, plugin])).toThrow('two plugins are called "example"');
  });
});
