import { describe, expect, it } from "vitest";
import type { JsonObject } from "../plugin/json.ts";
import { coreSchema } from "./core-schema.ts";
import { schemasAt } from "./schema-at.ts";
import { findUnavailableKeys, UNAVAILABLE_KEYS } from "./unavailable-keys.ts";

const say = (root: JsonObject) => findUnavailableKeys(root).map(({ message }) => message);

describe("findUnavailableKeys", () => {
  it("names keys that the schema has", () => {
    const paths = UNAVAILABLE_KEYS.map(({ path }) => path.map((name) => (name === "*" ? "0" : name)));
    for (const path of paths) expect([path, schemasAt(coreSchema, path).length > 0]).toEqual([path, true]);
  });

  it.each<[JsonObject, string]>([
    [
      { plugins: [{ use: "x" }, { use: "x", integrity: "sha512-x" }] },
      "plugins[1].integrity is not available in this version of MCP Router; remove it",
    ],
  ])("refuses %j", (value, message) => {
    expect(say(value)).toEqual([message]);
  });

  it("lets values pass that ask for nothing", () => {
    const value: JsonObject = {
      gateway: {
        endpoints: [{ url: "a" }, { url: "b" }],
        connection: { pool_size: 10, max_lifetime_ms: 5, max_frame_bytes: 5 },
      },
      retry: { safe_tools: ["x"], trust_annotations: true, budget: 3 },
      plugins: [{ use: "x", before: ["y"] }],
    };
    expect(say(value)).toEqual([]);
  });
});
