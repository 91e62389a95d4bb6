import { expect, it } from "vitest";

import { differences } from "./differences.ts";

it("finds no difference between equal values", () => {
  expect(differences({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toEqual([]);
});

it("names the place of each difference", () => {
  expect(differences({ a: [1, 2], b: "x", c: 1 }, { a: [1, 3, 4], b: { x: 1 } })).toEqual([
    "recording.a.1: 2 → 3",
    "recording.a.2: nothing → 4",
    'recording.b: "x" → {"x":1}',
    "recording.c: 1 → nothing",
  ]);
});

it("sees an undefined member and a negative zero", () => {
  expect(differences({ a: undefined }, {})).toHaveLength(1);
  expect(differences([0], [-0])).toHaveLength(1);
});
