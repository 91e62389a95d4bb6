import { describe, expect, it } from "vitest";
import { HeldQueue } from "./held-queue.ts";

const LIMITS = { maxCount: 2, maxBytes: 10 };

describe("HeldQueue", () => {
  it("keeps the order, and counts what is in it", () => {
    const queue = new HeldQueue(LIMITS);
    const [first, second] = [{ bytes: 3 }, { bytes: 4 }];
    expect(queue.items()).toEqual([]);
    expect(queue.add(first)).toBe(true);
    expect(queue.add(second)).toBe(true);
    expect(queue.items()).toEqual([first, second]);
    expect([queue.count, queue.bytes]).toEqual([2, 7]);
    expect(queue.remove(first)).toBe(true);
    expect(queue.remove(first)).toBe(false);
    expect([queue.count, queue.bytes]).toEqual([1, 4]);
  });

  it("refuses past the count and past the bytes, but takes one item of any size", () => {
    const queue = new HeldQueue(LIMITS);
    expect(queue.add({ bytes: 100 })).toBe(true);
    expect(queue.full).toBe(true);
    expect(queue.add({ bytes: 0 })).toBe(false);
    const counted = new HeldQueue(LIMITS);
    for (const expected of [true, true, false]) expect(counted.add({ bytes: 1 })).toBe(expected);
  });

  it("can be made to take more, and is full then", () => {
    const queue = new HeldQueue(LIMITS);
    for (let item = 0; item < 3; item++) queue.force({ bytes: 5 });
    expect([queue.count, queue.bytes, queue.full]).toEqual([3, 15, true]);
  });
});
