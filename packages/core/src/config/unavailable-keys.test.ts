import { describe, expect, it } from "vitest";
import type { JsonObject } from "../plugin/json.ts";
import { coreSchema } from "./core-schema.ts";
import { schemasAt } from "./schema-at.ts";
import { findUnavailableKeys, UNAVAILABLE_KEYS } from "./unavailable-keys.ts";

const say = (root: JsonObject) => findUnavailableKeys(root).map(({ message }) => message);
const gateway = (value: JsonObject): JsonObject => ({ gateway: value });

describe("findUnavailableKeys", () => {
  it("names keys that the schema has", () => {
    // `*` stands for any element of a list or any member; `ping_frames` is one of those.
    const paths = UNAVAILABLE_KEYS.map(({ path }) =>
      path.map((name, index) => (name !== "*" ? name : path[index - 1] === "features" ? "ping_frames" : "0")),
    );
    for (const path of paths) expect([path, schemasAt(coreSchema, path).length > 0]).toEqual([path, true]);
  });

  it.each<[JsonObject, string]>([
    [
      gateway({ version: "custom" }),
      'gateway.version "custom" is not available in this version of MCP Router; use "auto" or 2',
    ],
    [gateway({ version: 1 }), 'gateway.version 1 is not available in this version of MCP Router; use "auto" or 2'],
    [
      gateway({ features: { ping_frames: true } }),
      "gateway.features.ping_frames is not available in this version of MCP Router; remove it",
    ],
    [
      gateway({ proxy: "http://user:pass@proxy" }),
      "gateway.proxy is not available in this version of MCP Router; remove it",
    ],
    [
      gateway({ health: { url: "https://gw/health" } }),
      "gateway.health.url is not available in this version of MCP Router; remove it",
    ],
    [
      gateway({ health: { interval_ms: 5 } }),
      "gateway.health.interval_ms 5 is not available in this version of MCP Router; leave it at 0",
    ],
    [
      gateway({ tls: { pins: ["sha256/x"] } }),
      "gateway.tls.pins is not available in this version of MCP Router; remove it",
    ],
    [
      gateway({ endpoints: [{ tls: { pins: ["sha256/x"] } }] }),
      "gateway.endpoints[0].tls.pins is not available in this version of MCP Router; remove it",
    ],
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
        version: "v2",
        features: {},
        connection: { pool_size: 10, max_lifetime_ms: 5, max_frame_bytes: 5 },
        health: { interval_ms: 0 },
        tls: { pins: [] },
      },
      retry: { safe_tools: ["x"], trust_annotations: true, budget: 3 },
      plugins: [{ use: "x", before: ["y"] }],
    };
    expect(say(value)).toEqual([]);
  });
});
