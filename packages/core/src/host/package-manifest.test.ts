import { describe, expect, it } from "vitest";
import type { JsonObject } from "../plugin/json.ts";
import { loadPlugins } from "../testing/load-plugins.ts";
import { importFile, pluginDirectory } from "../testing/plugin-directory.ts";

const SCHEMA = { type: "object", properties: { size: { type: "integer" } }, additionalProperties: false };
const CODE = (name: string) => `export default definePlugin({ name: "${name}",
  sections: { "first.thing": ${JSON.stringify(SCHEMA)}, "second.thing": ${JSON.stringify(SCHEMA)} },
  apply(host, options) { host.log.info(JSON.stringify(options)); } });`;

/** A package whose manifest says more or less what its code is. */
function load(config: JsonObject, code = CODE("packed"), apiVersion = "^1.0") {
  const sections = { "first.thing": SCHEMA, "second.thing": SCHEMA };
  const plugin = { name: "packed", apiVersion, sections, transports: {}, auth: {}, commands: {}, hasApply: true };
  const preset = { name: "team", apiVersion: "^1.0", plugins: ["packed"], config: {} };
  const imports: string[] = [];
  const baseDirectory = pluginDirectory({
    "node_modules/packed/package.json": {
      name: "packed",
      version: "2.0.0",
      type: "module",
      exports: "./main.mjs",
      mcpRouter: { manifest: "./manifest.json" },
    },
    "node_modules/packed/manifest.json": { manifestVersion: 1, plugins: [plugin], presets: [] },
    "node_modules/packed/main.mjs": code,
    "node_modules/team/package.json": {
      name: "team",
      version: "1.0.0",
      type: "module",
      exports: "./main.mjs",
      mcpRouter: { manifest: "./manifest.json" },
    },
    "node_modules/team/manifest.json": { manifestVersion: 1, plugins: [], presets: [preset] },
    "node_modules/team/main.mjs": "throw new Error('a preset with a manifest is not imported');",
  });
  const importModule = (url: string): Promise<unknown> => {
    imports.push(url);
    return importFile(url);
  };
  return { ...loadPlugins({ config: { presets: ["team"], ...config }, baseDirectory, importModule }), imports };
}

const idsOf = async (loading: ReturnType<typeof load>["loading"]) =>
  (await loading).generation.live.map(({ use }) => use.id).filter((id) => id !== "transport-test");

describe("a package with a manifest", () => {
  it("is not imported while the configuration does not use it", async () => {
    const { loading, imports } = load({});
    expect(await idsOf(loading)).toEqual([]);
    expect(imports).toEqual([]);
  });

  it("is imported when one of its sections is written, and gets those that are, by path", async () => {
    const { loading, imports, log } = load({ second: { thing: { size: 2 } } });
    expect(await idsOf(loading)).toEqual(["packed"]);
    expect(imports).toHaveLength(1);
    expect(log.of("info")).toEqual(['{"second.thing":{"size":2}}']);
  });

  it("takes the order and more uses from entries in plugins", async () => {
    const { loading } = load({
      second: { thing: {} },
      plugins: [
        { use: "packed", before: ["transport-test"] },
        { use: "packed", id: "other" },
      ],
    });
    expect(await idsOf(loading)).toEqual(["packed", "other"]);
    expect((await loading).generation.live.find(({ use }) => use.id === "packed")?.use.order.before).toEqual([
      "transport-test",
    ]);
  });

  it("that does not export what the manifest describes has to be built again", async () => {
    const stale = load({ first: { thing: {} } }, CODE("renamed")).loading;
    await expect(stale).rejects.toMatchObject({
      code: "PLUGIN_SHAPE",
      hint: expect.stringContaining("Build the package"),
    });
  });

  it("for another plugin API is refused before its code runs", async () => {
    const { loading, imports } = load({ first: { thing: {} } }, CODE("packed"), "^2.0");
    await expect(loading).rejects.toMatchObject({ code: "PLUGIN_API" });
    expect(imports).toEqual([]);
  });
});
