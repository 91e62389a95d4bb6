import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { pluginDirectory } from "../testing/plugin-directory.ts";
import { WatchedMaterial, type WatchedMaterialOptions } from "./watched-material.ts";

/** Material of the file `path`; a content that begins with `bad` cannot be used. */
function materialOf(path: string, options: Partial<WatchedMaterialOptions<string>> = {}) {
  const kept: string[] = [];
  const material = new WatchedMaterial({
    paths: [path],
    read: async () => {
      const text = readFileSync(path, "utf8");
      if (text.startsWith("bad")) throw new Error(text);
      return text;
    },
    same: (before, after) => before === after,
    kept: (cause) => void kept.push(cause instanceof Error ? cause.message : String(cause)),
    // So rare that only the test looks.
    pollMs: 1_000_000,
    ...options,
  });
  return { material, kept };
}

function watch(material: WatchedMaterial<string>) {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  let changes = 0;
  let wake = (): void => {};
  material.watch(abort.signal, () => {
    changes++;
    wake();
  });
  return {
    changes: () => changes,
    next: () => new Promise<void>((resolve) => (wake = resolve)),
    end: () => abort.abort(),
  };
}

describe("watched material", () => {
  it("is read again when its file is another one, and only then", async () => {
    const path = join(pluginDirectory({ file: "one" }), "file");
    let reads = 0;
    const read = async () => `${++reads} ${readFileSync(path, "utf8")}`;
    const { material } = materialOf(path, { read });
    expect([await material.refresh(), await material.refresh()]).toEqual(["1 one", "1 one"]);
    writeFileSync(`${path}.new`, "two");
    renameSync(`${path}.new`, path);
    expect(await material.refresh()).toBe("2 two");
    expect(material.value).toBe("2 two");
  });

  it("follows symbolic links that are swapped, as Kubernetes does", async () => {
    const folder = pluginDirectory({});
    for (const version of ["..v1", "..v2"]) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, "file"), version);
    }
    symlinkSync("..v1", join(folder, "..data"));
    symlinkSync(join("..data", "file"), join(folder, "file"));
    const { material } = materialOf(join(folder, "file"));
    expect(await material.refresh()).toBe("..v1");
    symlinkSync("..v2", join(folder, "..next"));
    renameSync(join(folder, "..next"), join(folder, "..data"));
    expect(await material.refresh()).toBe("..v2");
  });

  it("tells of a change once, and of the same content in another file never", async () => {
    const path = join(pluginDirectory({ file: "one" }), "file");
    const { material } = materialOf(path);
    const watched = watch(material);
    await material.refresh();
    expect(watched.changes()).toBe(0);
    rmSync(path);
    writeFileSync(path, "one");
    await material.refresh();
    expect(watched.changes()).toBe(0);
    writeFileSync(path, "three");
    await material.refresh();
    await material.refresh();
    expect(watched.changes()).toBe(1);
    watched.end();
    writeFileSync(path, "four!");
    await material.refresh();
    expect(watched.changes()).toBe(1);
  });

  it.each([
    ["gone", (path: string) => rmSync(path)],
    ["unusable", (path: string) => writeFileSync(path, "bad one")],
  ])("stays when its file is %s, which is told once each time", async (_how, spoil) => {
    const path = join(pluginDirectory({ file: "one" }), "file");
    const { material, kept } = materialOf(path);
    await material.refresh();
    for (const times of [1, 2]) {
      spoil(path);
      for (let look = 0; look < 3; look++) expect(await material.refresh()).toBe("one");
      expect(kept).toHaveLength(times);
      writeFileSync(path, "one");
      await material.refresh();
    }
  });

  it("waits with telling for as many looks as its files need to be replaced", async () => {
    const path = join(pluginDirectory({ file: "one" }), "file");
    const { material, kept } = materialOf(path, { patience: 2 });
    await material.refresh();
    writeFileSync(path, "bad one");
    await material.refresh();
    expect(kept).toEqual([]);
    await material.refresh();
    await material.refresh();
    expect(kept).toEqual(["bad one"]);
  });

  it("that was never there is an error, and news when it appears", async () => {
    const path = join(pluginDirectory({}), "file");
    const { material, kept } = materialOf(path);
    const watched = watch(material);
    await expect(material.refresh()).rejects.toThrow("ENOENT");
    writeFileSync(path, "one");
    expect(await material.refresh()).toBe("one");
    expect([watched.changes(), kept]).toEqual([1, []]);
  });

  it("is looked at by itself while it is watched, whatever is wrong meanwhile", async () => {
    const path = join(pluginDirectory({ file: "one" }), "file");
    const { material } = materialOf(path, { pollMs: 5 });
    const watched = watch(material);
    for (const text of ["two", "three"]) {
      const next = watched.next();
      // The first look comes while there is no file at all.
      if (text === "two") rmSync(path);
      if (text === "two") await expect(material.refresh()).rejects.toThrow("ENOENT");
      writeFileSync(path, text);
      await next;
      expect(material.value).toBe(text);
    }
  });
});
