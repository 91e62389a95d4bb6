import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idKey } from "./id-key.ts";

fc.configureGlobal({ seed: 20261123 });

describe("idKey", () => {
  it.each([
    ['"a"', '"\\u0061"'],
    ['"/"', '"\\/"'],
    ['"\\ud83d\\ude00"', '"😀"'],
    ['"\\ud800"', '"\\uD800"'],
    ["1", "1.0"],
    ["1", "1e0"],
    ["100", "1E+2"],
    ["1", "100.00e-2"],
    ["0", "-0"],
    ["0", "0.0e99999999999999999999"],
    ["-12", "-1.2e1"],
    ["9007199254740993", "9007199254740993.0"],
  ])("is the same for %s and %s", (left, right) => {
    expect(idKey(left)).toBeDefined();
    expect(idKey(left)).toBe(idKey(right));
  });

  it.each([
    ["1", '"1"'],
    ["1", "-1"],
    ["9007199254740993", "9007199254740992"],
    ['"a"', '"A"'],
    ['"__proto__"', '"constructor"'],
    ['"\\ud800"', '"\\ufffd"'],
  ])("differs for %s and %s", (left, right) => {
    expect(idKey(left)).not.toBe(idKey(right));
  });

  it.each(["1.5", "1e-1", "1e400", `1${"0".repeat(308)}`, "1e99999999999999999999", "null", "true", "{}", "[1]"])(
    "is undefined for %s, which is no id",
    (text) => {
      expect(idKey(text)).toBeUndefined();
    },
  );

  it("is equal for two numbers exactly when their values are", () => {
    const number = fc
      .tuple(fc.integer({ min: -2000, max: 2000 }), fc.integer({ min: -3, max: 3 }), fc.constantFrom("", ".0", ".00"))
      .map(([mantissa, exponent, zeros]) => `${mantissa}${zeros}e${exponent}`);
    fc.assert(
      fc.property(number, number, (left, right) => {
        const whole = Number.isInteger(Number(left));
        expect(idKey(left) !== undefined).toBe(whole);
        if (whole && Number.isInteger(Number(right))) {
          expect(idKey(left) === idKey(right)).toBe(Number(left) === Number(right));
        }
      }),
    );
  });
});
