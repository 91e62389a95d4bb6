import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { definePlugin } from "../plugin/define-plugin.ts";
import { definePreset } from "../plugin/define-preset.ts";
import type { JsonObject } from "../plugin/json.ts";
import { loadPlugins } from "../testing/load-plugins.ts";
import { importFile, pluginDirectory } from "../testing/plugin-directory.ts";

const PLUGIN =
  'export default definePlugin({ name: "mine", options: { type: "object" }, apply(host, options) { host.log.info(JSON.stringify(options)); } });';

/** Loads a configuration whose relative names start from a directory with these files. */
function loadFrom(files: { readonly [path: string]: string | object }, config: JsonObject) {
  const baseDirectory = pluginDirectory(files);
  return { baseDirectory, ...loadPlugins({ config, baseDirectory, importModule: importFile }) };
}

const used = async (loading: ReturnType<typeof loadFrom>["loading"]) =>
  (await loading).generation.live.map(({ use }) => [use.id, use.because]).filter(([id]) => id !== "transport-test");

describe("names of plugins", () => {
  it("lead to files, packages in directories, and installed packages, those for import only included", async () => {
    const { loading, baseDirectory } = loadFrom(
      {
        "lone.mjs": PLUGIN.replace("mine", "lone"),
        "folder/package.json": { name: "folder", exports: { import: "./main.mjs" } },
        "folder/main.mjs": PLUGIN.replace("mine", "of-folder"),
        "node_modules/mcp-router-plugin-short/package.json": { name: "mcp-router-plugin-short", main: "./main.mjs" },
        "node_modules/mcp-router-plugin-short/main.mjs": PLUGIN.replace("mine", "short"),
        "node_modules/@team/esm/package.json": {
          name: "@team/esm",
          version: "1.2.3",
          exports: { ".": { types: "./main.d.ts", node: { import: "./lib/main.mjs" } } },
        },
        "node_modules/@team/esm/lib/main.mjs": PLUGIN.replace("mine", "esm"),
      },
      { plugins: ["./lone.mjs", "./folder", "short", "@team/esm"].map((use) => ({ use })) },
    );
    expect(await used(loading)).toEqual([
      ["lone", "plugins[0]"],
      ["of-folder", "plugins[1]"],
      ["short", "plugins[2]"],
      ["esm", "plugins[3]"],
    ]);
    const { manifests } = await loading;
    expect(manifests.at(-1)?.modulePath).toBe(join(baseDirectory, "node_modules/@team/esm/lib/main.mjs"));
  });

  it("that lead nowhere are all told, with what to do; also built-in modules and empty packages", async () => {
    const { loading } = loadFrom(
      { "empty/package.json": {}, "node_modules/odd/package.json": { name: "odd", exports: { browser: "./x.js" } } },
      { plugins: ["./gone.mjs", "nobody", "fs", "./empty", "odd"].map((use) => ({ use })) },
    );
    await expect(loading).rejects.toMatchObject({ code: "PLUGIN_RESOLVE" });
    await expect(loading).rejects.toThrow(
      /gone\.mjs[^]*nobody \(resolve\): there is no plugin of this name[^]*npm install nobody[^]*fs \(resolve\)[^]*empty[^]*odd/,
    );
  });

  it("of one module under two names give one plugin, to which each entry is its own use", async () => {
    const { loading, log } = loadFrom(
      { "mine.mjs": PLUGIN },
      {
        plugins: [
          { use: "./mine.mjs", with: { a: 1 } },
          { use: "././mine.mjs", id: "again", with: { a: 2 } },
        ],
      },
    );
    expect(await used(loading)).toEqual([
      ["mine", "plugins[0]"],
      ["again", "plugins[1]"],
    ]);
    expect(log.of("info")).toEqual(['{"a":1}', '{"a":2}']);
  });

  it("used twice need an id, and so do two plugins of one name", async () => {
    const { loading } = loadFrom({ "mine.mjs": PLUGIN }, { plugins: [{ use: "./mine.mjs" }, { use: "./mine.mjs" }] });
    await expect(loading).rejects.toThrow(/plugins\[1\]/);
    const same = definePlugin({ name: "same", apiVersion: "^1.0" });
    const twice = loadPlugins({ plugins: [same, definePlugin({ ...same, apiVersion: "^1.0.0" })] }).loading;
    await expect(twice).rejects.toMatchObject({ code: "PLUGIN_ORDER" });
    await expect(twice).rejects.toThrow("two plugins are called same (the second by given to createRouter)");
  });

  it("that are switched off are not looked for", async () => {
    const { loading } = loadFrom({}, { plugins: [{ use: "./gone.mjs", enabled: false }] });
    expect(await used(loading)).toEqual([]);
  });
});

describe("modules of plugins", () => {
  it.each([
    ["throws", 'throw new Error("at once");', "PLUGIN_IMPORT", "failed to load: at once"],
    ["is no JavaScript", "export default {", "PLUGIN_IMPORT", "failed to load"],
    ["exports nothing by default", "export const plugin = 1;", "PLUGIN_SHAPE", "has no default export"],
    ["exports something else", "export default { name: 'x' };", "PLUGIN_SHAPE", "was not made by definePlugin"],
    ["has a broken shape", 'export default definePlugin({ name: "X Y" });', "PLUGIN_SHAPE", "name is not made of"],
    [
      "needs another API",
      'export default definePlugin({ name: "x", apiVersion: "^2.0" });',
      "PLUGIN_API",
      'needs plugin API "^2.0"',
    ],
  ])(
    "that %s are named with the reason, or left out when they are not required",
    async (_what, text, code, message) => {
      const required = loadFrom({ "bad.mjs": text }, { plugins: [{ use: "./bad.mjs" }] });
      await expect(required.loading).rejects.toMatchObject({ code });
      await expect(required.loading).rejects.toThrow(message);
      const optional = loadFrom(
        { "bad.mjs": text, "good.mjs": PLUGIN },
        { plugins: [{ use: "./bad.mjs", required: false }, { use: "./good.mjs" }] },
      );
      expect(await used(optional.loading)).toEqual([["mine", "plugins[1]"]]);
      expect(optional.log.of("warn").join()).toContain(message);
    },
  );

  it("that fail to apply are left out with their taps and services when they are not required", async () => {
    const { loading, log } = loadFrom(
      {
        "bad.mjs": `export default definePlugin({ name: "bad", apply(host) {
          host.hooks.onSettled.tap(() => {});
          host.provide({ name: "store" }, {});
          throw new Error("no disk");
        } });`,
        "good.mjs": `export default definePlugin({ name: "good", apply(host) {
          host.provide({ name: "store" }, {});
          host.hooks.onSettled.tap(() => {}, { after: ["bad"] });
        } });`,
      },
      { plugins: [{ use: "./bad.mjs", required: false }, { use: "./good.mjs" }] },
    );
    const { generation } = await loading;
    expect(generation.hooks.places).toEqual([{ hook: "onSettled", stage: "observe", plugin: "good" }]);
    expect(log.of("warn")).toEqual(["left out: no disk"]);
  });

  it("that never finish loading are given five seconds", async () => {
    const baseDirectory = pluginDirectory({ "stuck.mjs": PLUGIN });
    const { loading, clock } = loadPlugins({
      config: { plugins: [{ use: "./stuck.mjs" }] },
      baseDirectory,
      importModule: () => new Promise(() => {}),
    });
    const told = expect(loading).rejects.toThrow("did not finish loading within 5000 ms");
    while (clock.timers === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(5000);
    await told;
  });

  it("may export several plugins", async () => {
    const { loading } = loadFrom(
      { "two.mjs": 'export default [definePlugin({ name: "one" }), definePlugin({ name: "two" })];' },
      { plugins: [{ use: "./two.mjs" }] },
    );
    expect((await used(loading)).map(([id]) => id)).toEqual(["one", "two"]);
  });
});

describe("presets", () => {
  it("bring plugins and a layer beneath the user's configuration", async () => {
    const { loading } = loadFrom(
      {
        "preset.mjs":
          'export default definePreset({ name: "team", plugins: ["./passive.mjs"], config: { local: { drain_timeout_ms: 7, request_timeout_ms: 8 } } });',
        "passive.mjs": PLUGIN.replace("mine", "passive"),
      },
      { presets: ["./preset.mjs"], local: { request_timeout_ms: 9 } },
    );
    expect(await used(loading)).toEqual([["passive", "preset"]]);
    const { config } = await loading;
    expect(config.core.local).toMatchObject({ drain_timeout_ms: 7, request_timeout_ms: 9 });
  });

  it("may be given as objects; what of them cannot be found is told", async () => {
    const preset = definePreset({ name: "given", apiVersion: "^1.0", plugins: ["./no-such-plugin.mjs"] });
    await expect(loadPlugins({ plugins: [preset] }).loading).rejects.toMatchObject({ plugin: "./no-such-plugin.mjs" });
  });
});

describe("a plugin that is on by what the configuration says", () => {
  const sectioned = definePlugin({
    name: "sectioned",
    apiVersion: "^1.0",
    sections: {
      "custom.thing": { type: "object", properties: { size: { type: "integer" } }, additionalProperties: false },
    },
    apply: (host, options) => host.log.info(JSON.stringify(options)),
  });

  it("gets its section", async () => {
    const { loading, log } = loadPlugins({ plugins: [sectioned], config: { custom: { thing: { size: 3 } } } });
    const { generation } = await loading;
    expect(generation.live.at(-1)?.use).toMatchObject({ id: "sectioned", because: "section custom.thing" });
    expect(log.of("info")).toEqual(['{"size":3}']);
  });

  it("needs no entry when its transport is used", async () => {
    const { generation } = await loadPlugins().loading;
    expect(generation.live[0]?.use.because).toBe("gateway.url has the scheme test");
  });
});
