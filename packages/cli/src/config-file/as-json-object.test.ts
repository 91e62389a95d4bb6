import { describe, expect, it } from "vitest";

import { asJsonObject } from "./as-json-object.ts";

describe("asJsonObject", () => {
  it("takes JSON, without members that are undefined", () => {
    expect(asJsonObject({ a: [1, null, { b: "x" }], c: undefined }, "f")).toEqual({ a: [1, null, { b: "x" }] });
  });

  it.each([
    [{ a: { b: () => 1 } }, "f: a.b is a function"],
    [{ a: [Number.NaN] }, "f: a[0] is NaN"],
    [{ a: new Date(0) }, "f: a is a Date"],
    [{ a: 1n }, "f: a is a bigint"],
    ["text", "f: expected an object"],
    [null, "f: expected an object"],
  ])("refuses %s by name", (value, message) => {
    expect(() => asJsonObject(value, "f")).toThrow(message);
  });

  it("keeps a member called __proto__ a member", () => {
    const value = asJsonObject(JSON.parse('{"__proto__": {"polluted": true}}'), "f");
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect("polluted" in value).toBe(false);
  });

  it("refuses references that stand for more values than anybody would write", () => {
    let value: unknown = ["x"];
    for (let depth = 0; depth < 30; depth += 1) value = [value, value];
    expect(() => asJsonObject({ value }, "f")).toThrow("more than 100000 values");
  });
});
