import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readPackageManifest } from "./read-manifest.ts";

const root = await mkdtemp(join(tmpdir(), "mcp-router-manifest-"));
afterAll(() => rm(root, { recursive: true }));

const manifest = {
  manifestVersion: 1,
  presets: [],
  plugins: [
    {
      name: "one",
      apiVersion: "^1.0",
      sections: { one: { type: "object", properties: { level: { type: "integer", default: 1 } } } },
      transports: {},
      auth: {},
      commands: {},
      hasApply: true,
    },
  ],
};

async function packageOf(name: string, files: { readonly [path: string]: string }): Promise<string> {
  const directory = join(root, name);
  await mkdir(join(directory, "dist"), { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(directory, path), text);
  return directory;
}

const packageJson = JSON.stringify({
  name: "one",
  version: "3.2.1",
  type: "module",
  mcpRouter: { manifest: "./dist/manifest.json" },
});

describe("readPackageManifest", () => {
  it("reads the manifest and uses the validators beside it", async () => {
    const directory = await packageOf("with-validators", {
      "package.json": packageJson,
      "dist/manifest.json": JSON.stringify(manifest),
      "dist/validators.js": `export const validators = { one: { "section:one": (value) => { value.precompiled = true; return true; } } };`,
    });
    const description = readPackageManifest(directory);
    expect(description?.packageJson).toEqual({ name: "one", version: "3.2.1" });
    const plugin = description?.manifest.plugins[0];
    if (description === undefined || plugin === undefined) throw new Error("no plugin was found");
    const value = {};
    expect((await description.validatorsOf(plugin).validator("section:one"))(value)).toBe(true);
    expect(value).toEqual({ precompiled: true });
  });

  it("compiles what has no precompiled validator", async () => {
    const directory = await packageOf("without-validators", {
      "package.json": packageJson,
      "dist/manifest.json": JSON.stringify(manifest),
    });
    const description = readPackageManifest(directory);
    const plugin = description?.manifest.plugins[0];
    if (description === undefined || plugin === undefined) throw new Error("no plugin was found");
    const validate = await description.validatorsOf(plugin).validator("section:one");
    const value = {};
    expect(validate(value)).toBe(true);
    expect(value).toEqual({ level: 1 });
    expect(validate({ level: "x" })).toBe(false);
    await expect(description.validatorsOf(plugin).validator("options")).rejects.toThrow(
      'the plugin one has no schema for "options"',
    );
  });

  it("finds nothing where there is no package, or one that names no manifest", async () => {
    expect(readPackageManifest(join(root, "absent"))).toBeUndefined();
    expect(readPackageManifest(await packageOf("plain", { "package.json": "{}" }))).toBeUndefined();
  });

  it.each([
    ["missing", {}, "there is no such file"],
    ["not JSON", { "dist/manifest.json": "{" }, "is not JSON"],
    ["of another version", { "dist/manifest.json": `{"manifestVersion": 2}` }, "is not a manifest of version 1"],
  ])("says when the named manifest is %s", async (name, files, problem) => {
    const directory = await packageOf(name.replaceAll(" ", "-"), { "package.json": packageJson, ...files });
    expect(() => readPackageManifest(directory)).toThrow(
      expect.objectContaining({ code: "PLUGIN_SHAPE", message: expect.stringContaining(problem) }),
    );
  });
});
