import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { findJsonFault } from "./json-fault.ts";

describe("findJsonFault", () => {
  it("finds nothing wrong with what JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, "\t"), (value, space) => {
        expect(findJsonFault(JSON.stringify(value, undefined, space))).toBeUndefined();
      }),
    );
  });

  it("finds a fault exactly where JSON.parse does", () => {
    const pieces = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"b"',
      "1",
      "-",
      "01",
      "1e5",
      "1.",
      "true",
      "nul",
      " ",
      '"\\x"',
      '"\n"',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const text = parts.join("");
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        const fault = findJsonFault(text);
        // JSON.parse does not mind repeated keys.
        if (fault?.reason.includes("twice") !== true) expect(fault === undefined).toBe(valid);
      }),
      { numRuns: 2_000 },
    );
  });

  it("finds repeated keys, also when they are written differently", () => {
    expect(findJsonFault('{"a": 1, "b": {"a": 2}, "\\u0061": 3}')).toEqual({
      offset: 24,
      reason: 'the key "\\u0061" is there twice',
    });
  });

  it("gives up on a text that is nested too deeply", () => {
    expect(findJsonFault("[".repeat(100_000))).toMatchObject({ reason: "it is nested too deeply" });
  });
});
