import { assert, double, integer, property, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { Backoff } from "./backoff.ts";

const OPTIONS = { initialDelayMs: 1000, maxDelayMs: 30_000, multiplier: 2, jitter: 1 };

describe("Backoff", () => {
  it("doubles up to the cap, for ever", () => {
    const backoff = new Backoff({ ...OPTIONS, jitter: 0 });
    const delays = Array.from({ length: 2000 }, () => backoff.afterFailure());
    expect(delays.slice(0, 7)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(delays.at(-1)).toBe(30_000);
  });

  it("retries at once after the first loss, then waits as after a failure", () => {
    const backoff = new Backoff({ ...OPTIONS, jitter: 0 });
    expect([backoff.afterLoss(), backoff.afterLoss(), backoff.afterFailure(), backoff.afterLoss()]).toEqual([
      0, 1000, 2000, 4000,
    ]);
  });

  it("does not retry at once when dials had failed before the connection", () => {
    const backoff = new Backoff({ ...OPTIONS, jitter: 0 });
    backoff.afterFailure();
    expect(backoff.afterLoss()).toBe(2000);
  });

  it("starts afresh after a reset", () => {
    const backoff = new Backoff({ ...OPTIONS, jitter: 0 });
    backoff.afterLoss();
    backoff.afterFailure();
    backoff.reset();
    expect([backoff.afterLoss(), backoff.afterFailure()]).toEqual([0, 1000]);
  });

  it("spreads full jitter over the whole delay", () => {
    const delays = [0, 0.25, 0.999].map((random) => new Backoff(OPTIONS, () => random).afterFailure());
    expect(delays.map(Math.round)).toEqual([1000, 750, 1]);
  });

  it("never gives a delay that is negative, over the cap, or no number", () => {
    assert(
      property(
        record({
          initialDelayMs: integer({ min: 0, max: 60_000 }),
          maxDelayMs: integer({ min: 0, max: 60_000 }),
          multiplier: double({ min: 1, max: 1000, noNaN: true }),
          jitter: double({ min: 0, max: 1, noNaN: true }),
        }),
        (options) => {
          const backoff = new Backoff(options);
          const delays = Array.from({ length: 1100 }, () => backoff.afterFailure());
          expect(delays.every((delay) => delay >= 0 && delay <= options.maxDelayMs)).toBe(true);
        },
      ),
      { numRuns: 30, seed: 11 },
    );
  });
});
