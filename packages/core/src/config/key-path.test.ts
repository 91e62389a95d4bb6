import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatKey, parseKey, pathOf, pointerOf } from "./key-path.ts";

describe("key paths", () => {
  it("are written with dots, indexes, and quotes where a name needs them", () => {
    expect(formatKey(["gateway", "endpoints", "0", "url"])).toBe("gateway.endpoints[0].url");
    expect(formatKey(["metrics", "labels", "a.b"])).toBe('metrics.labels["a.b"]');
  });

  it("come back from both ways of writing them", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (path) => {
        expect(parseKey(formatKey(path))).toEqual(path);
        expect(pathOf(pointerOf(path))).toEqual(path);
      }),
    );
  });

  it("refuses what is none", () => {
    expect(() => parseKey("a[")).toThrow('"a[" is not a key path (at character 2)');
  });
});
