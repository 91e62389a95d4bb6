import { describe, expect, it } from "vitest";
import { retryAfterMs, signalOf } from "./gateway-signal.ts";

const NOW = 1_800_000_000_000;

describe("rate-limit signals in metadata", () => {
  it("take numbers and digits, and a reset as seconds or as a moment, bounded", () => {
    expect(signalOf({ limit: 10, remaining: "0", reset: "7" }, NOW)).toEqual({
      limit: 10,
      remaining: 0,
      resetAfterMs: 7000,
    });
    expect(signalOf({ reset: NOW / 1000 + 5 }, NOW)).toEqual({ resetAfterMs: 5000 });
    expect(signalOf({ reset: NOW / 1000 - 5 }, NOW)).toEqual({ resetAfterMs: 0 });
    expect(signalOf({ reset: 999_999 }, NOW)).toEqual({ resetAfterMs: 60_000 });
  });

  it.each([undefined, null, 5, "x", [], {}, { limit: -1, remaining: "soon", reset: null }, { limit: true }])(
    "leave out what makes no sense: %j",
    (value) => {
      expect(signalOf(value, NOW)).toBeUndefined();
    },
  );

  it("give the wait an error asks for, a minute at most", () => {
    expect([5, "5", 0, 1e9].map((value) => retryAfterMs(value))).toEqual([5000, 5000, 0, 60_000]);
    expect([undefined, -1, "soon", "", null, "1e3"].map((value) => retryAfterMs(value))).toEqual(
      Array(6).fill(undefined),
    );
  });
});
