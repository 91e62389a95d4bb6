import { describe, expect, it } from "vitest";
import { parseRetryAfter, readRateLimit } from "./rate-limit-headers.ts";

const NOW = Date.parse("2026-11-22T10:00:00Z");

describe("rate-limit headers", () => {
  it("reads limit, remaining and a reset in seconds from now", () => {
    const headers = {
      "x-ratelimit-limit": "100",
      "x-ratelimit-remaining": " 3 ",
      "x-ratelimit-reset": "20",
    };
    expect(readRateLimit(headers, NOW)).toEqual({ limit: 100, remaining: 3, resetAfterMs: 20_000 });
  });

  it("reads a reset in seconds of the epoch, the past as now", () => {
    expect(readRateLimit({ "x-ratelimit-reset": String(NOW / 1000 + 12) }, NOW)).toEqual({
      resetAfterMs: 12_000,
    });
    expect(readRateLimit({ "x-ratelimit-reset": String(NOW / 1000 - 12) }, NOW)).toEqual({
      resetAfterMs: 0,
    });
  });

  it("keeps the good values when others are garbage", () => {
    const headers = {
      "x-ratelimit-limit": "-1",
      "x-ratelimit-remaining": "5",
      "x-ratelimit-reset": "NaN",
      "retry-after": "1e3",
    };
    expect(readRateLimit(headers, NOW)).toEqual({ remaining: 5 });
  });

  it("gives nothing when nothing makes sense", () => {
    expect(readRateLimit({}, NOW)).toBeUndefined();
    expect(
      readRateLimit({ "x-ratelimit-limit": "lots", "x-ratelimit-reset": "9999999999999999" }, NOW),
    ).toBeUndefined();
  });

  it("reads Retry-After as seconds or a date, at most a minute", () => {
    expect(parseRetryAfter("0", NOW)).toBe(0);
    expect(parseRetryAfter("5", NOW)).toBe(5000);
    expect(parseRetryAfter("3600", NOW)).toBe(60_000);
    expect(parseRetryAfter("Sun, 22 Nov 2026 10:00:30 GMT", NOW)).toBe(30_000);
    expect(parseRetryAfter("Sun, 22 Nov 2026 11:00:00 GMT", NOW)).toBe(60_000);
    expect(parseRetryAfter("Sun, 22 Nov 2026 09:00:00 GMT", NOW)).toBe(0);
  });

  it.each(["", "soon", "-5", "1.5", "Someday, maybe"])("reads nothing from Retry-After %j", (text) => {
    expect(parseRetryAfter(text, NOW)).toBeUndefined();
  });
});
