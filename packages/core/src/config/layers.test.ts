import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../plugin/json.ts";
import { isObject } from "./json-object.ts";
import { directoryOfLayer, mergeLayers } from "./layers.ts";
import type { ConfigLayer } from "./layers.ts";

const layer = (origin: string, value: JsonObject, more: Partial<ConfigLayer> = {}): ConfigLayer => ({
  origin,
  value,
  ...more,
});

function parsed(text: string): JsonObject {
  const value: JsonValue = JSON.parse(text);
  if (!isObject(value)) throw new TypeError("the test's text is not an object");
  return value;
}

describe("mergeLayers", () => {
  it("merges objects, and lets the higher layer replace scalars and lists", () => {
    const { value } = mergeLayers([
      layer("low", { local: { a: 1, b: 2 }, presets: ["x", "y"] }),
      layer("high", { local: { b: 3 }, presets: ["z"] }),
    ]);
    expect(value).toEqual({ local: { a: 1, b: 3 }, presets: ["z"] });
  });

  it("joins the plugins of all layers", () => {
    const { value, sourceOf } = mergeLayers([
      layer("file", { plugins: ["a"] }),
      layer("flag", { plugins: ["b", "c"] }),
    ]);
    expect(value).toEqual({ plugins: ["a", "b", "c"] });
    expect(sourceOf("/plugins/2")).toMatchObject({ layer: { origin: "flag" }, pointer: "/plugins/1" });
  });

  it("knows who wrote a value, and that nobody wrote a default", () => {
    const { originOf } = mergeLayers([
      layer("file", { gateway: { url: "a", tls: { verify: false } } }),
      layer("--url", { gateway: { url: "b" } }, { kind: "flags" }),
    ]);
    expect(originOf("/gateway/url")).toBe("--url");
    expect(originOf("/gateway/tls/verify")).toBe("file");
    expect(originOf("/gateway/tls/ca_only")).toBe("default");
    expect(originOf("/local")).toBe("default");
  });

  it("forgets who wrote what a higher layer replaced", () => {
    const { originOf, sourceOf } = mergeLayers([layer("low", { a: { b: { c: 1 } } }), layer("high", { a: { b: 2 } })]);
    expect(sourceOf("/a/b/c")?.layer.origin).toBe("high");
    expect(originOf("/a/b")).toBe("high");
  });

  it("leaves out __proto__ wherever it stands, and says so", () => {
    const { value, refused } = mergeLayers([
      layer(
        "evil",
        parsed(
          '{"__proto__": {"polluted": 1}, "local": {"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}}',
        ),
      ),
      layer("again", parsed('{"local": {"constructor": {"prototype": {"polluted": 2}}}}')),
    ]);
    expect(refused).toEqual(["/__proto__", "/local/__proto__"]);
    expect({}).not.toHaveProperty("polluted");
    expect(Object.keys(value)).toEqual(["local"]);
  });

  it("does not change the layers when the result is filled in", () => {
    const value = { local: { list: [{ a: 1 }] } };
    const merged = mergeLayers([layer("only", value)]).value;
    const { local } = merged;
    if (isObject(local)) local["list"] = [];
    expect(value).toEqual({ local: { list: [{ a: 1 }] } });
  });
});

describe("directoryOfLayer", () => {
  it("is that of the file, unless the layer says otherwise", () => {
    expect(directoryOfLayer(layer("f", {}, { file: "/etc/mcp/router.yaml" }), "/base")).toBe("/etc/mcp");
    expect(directoryOfLayer(layer("p", {}, { directory: "/pkg" }), "/base")).toBe("/pkg");
    expect(directoryOfLayer(layer("o", {}), "/base")).toBe("/base");
  });
});
