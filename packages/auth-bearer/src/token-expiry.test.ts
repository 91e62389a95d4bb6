import { describe, expect, it } from "vitest";
import { jsonWebToken } from "./fixtures/json-web-token.ts";
import { expiryOf, monotonicExpiry } from "./token-expiry.ts";

const payload = (text: string): string => `e30.${Buffer.from(text).toString("base64url")}.c2ln`;

describe("the end of a token", () => {
  it("is what a JWT says", () => {
    expect(expiryOf(payload('{"exp":1700000000}'))).toBe(1_700_000_000_000);
  });

  it.each(["opaque", "a.b", "a.b.c.d", payload("{"), payload("null"), payload("{}"), payload('{"exp":"soon"}')])(
    "is unknown of %s",
    (token) => {
      expect(expiryOf(token)).toBeUndefined();
      expect(monotonicExpiry(token)).toBeUndefined();
    },
  );

  it("is counted on the monotonic clock, and only while it is ahead", () => {
    const left = (monotonicExpiry(jsonWebToken(3_600_000)) ?? 0) - performance.now();
    expect(Math.abs(left - 3_600_000)).toBeLessThan(2000);
    expect(monotonicExpiry(jsonWebToken(-60_000))).toBeUndefined();
  });
});
