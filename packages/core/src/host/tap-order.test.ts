import { describe, expect, it } from "vitest";
import type { Stage } from "../plugin/hooks.ts";
import { orderTaps, TapOrderError } from "./tap-order.ts";

const tap = (plugin: string, stage: Stage = "guard", order: { before?: string[]; after?: string[] } = {}) => ({
  plugin,
  stage,
  before: order.before ?? [],
  after: order.after ?? [],
});
const ALL = new Set(["a", "b", "c", "d", "left-out"]);
const names = (taps: readonly { plugin: string }[]) =>
  orderTaps(
    taps.map((each) => ({ ...tap(each.plugin), ...each })),
    ALL,
  ).map(({ plugin }) => plugin);

describe("orderTaps", () => {
  it("sorts by stage, then keeps the order they came in", () => {
    expect(names([tap("a", "audit"), tap("b", "guard"), tap("c", "observe"), tap("d", "guard")])).toEqual([
      "c",
      "b",
      "d",
      "a",
    ]);
  });

  it("moves a tap no further than before and after ask for", () => {
    expect(names([tap("a"), tap("b"), tap("c", "guard", { before: ["b"] }), tap("d")])).toEqual(["a", "c", "b", "d"]);
    expect(names([tap("a", "guard", { after: ["c"] }), tap("b"), tap("c")])).toEqual(["b", "c", "a"]);
  });

  it("keeps several taps of one plugin in their order, and does not hold a plugin to itself", () => {
    expect(names([tap("a", "guard", { before: ["a", "b"] }), tap("b"), tap("a")])).toEqual(["a", "b", "a"]);
  });

  it("has no say across stages, nor about plugins without taps", () => {
    expect(names([tap("a", "observe", { after: ["b", "left-out"] }), tap("b", "guard")])).toEqual(["a", "b"]);
  });

  it("refuses the name of a plugin that is not there", () => {
    const misspelt = [tap("a"), tap("b", "guard", { before: ["rate-limt"] })];
    expect(() => orderTaps(misspelt, ALL)).toThrow(
      'before/after names "rate-limt", and no plugin of that name is loaded',
    );
    expect(() => orderTaps(misspelt, ALL)).toThrow(TapOrderError);
  });

  it("refuses a cycle, and names those that form it and nobody else", () => {
    const cycle = [
      tap("d", "guard", { after: ["a"] }),
      tap("a", "guard", { before: ["b"] }),
      tap("b", "guard", { before: ["c"] }),
      tap("c", "guard", { before: ["a"] }),
    ];
    expect(() => orderTaps(cycle, ALL)).toThrow("before/after form a cycle: a before b before c before a");
    const pair = [tap("a", "guard", { before: ["b"] }), tap("b", "guard", { before: ["a"] })];
    expect(() => orderTaps(pair, ALL)).toThrow("a before b before a");
  });
});
