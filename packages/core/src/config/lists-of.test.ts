import { describe, expect, it } from "vitest";
import { listsOf } from "./lists-of.ts";

const file = { origin: "f", file: "/etc/mcp/router.yaml" };

describe("listsOf", () => {
  it("has the preset for Claude when nothing is said", async () => {
    expect(await listsOf({ layers: [], env: {}, baseDirectory: "/base" })).toEqual({
      presets: ["claude"],
      presetsDirectory: "/base",
      plugins: [],
    });
  });

  it("starts bare when the presets are empty", async () => {
    const lists = await listsOf({ layers: [{ ...file, value: { presets: [] } }], env: {} });
    expect(lists).toMatchObject({ presets: [], presetsDirectory: "/etc/mcp" });
  });

  it("joins plugins of the file and of flags, each with the directory it starts from", async () => {
    const layers = [
      { ...file, value: { plugins: ["./a.ts", { use: "${env:B}", id: "b", enabled: false }] } },
      {
        origin: "--plugin",
        kind: "flags" as const,
        value: { plugins: [{ use: "./c.ts", required: false, after: ["a"] }] },
      },
    ];
    const { plugins } = await listsOf({ layers, env: { B: "b" }, baseDirectory: "/base" });
    expect(plugins).toMatchObject([
      { use: "./a.ts", directory: "/etc/mcp", origin: "f", key: "plugins[0]", required: true },
      { use: "./c.ts", directory: "/base", origin: "--plugin", key: "plugins[2]", required: false, after: ["a"] },
    ]);
  });

  it("leaves out what is malformed, for the check to report", async () => {
    const layers = [{ ...file, value: { presets: "claude", plugins: [5, {}, { use: 1 }, null, "ok"] } }];
    const lists = await listsOf({ layers, env: {} });
    expect(lists.presets).toEqual(["claude"]);
    expect(lists.plugins.map(({ use }) => use)).toEqual(["ok"]);
  });

  it("takes presets from the environment", async () => {
    expect((await listsOf({ layers: [], env: { MCP_PRESETS: "a,b" } })).presets).toEqual(["a", "b"]);
  });
});
