import { expect, it } from "vitest";

import { Dice } from "./dice.ts";

function numbers(dice: Dice): number[] {
  return Array.from({ length: 1000 }, () => dice.next());
}

it("the same seed gives the same numbers, another seed others", () => {
  expect(numbers(new Dice(1))).toEqual(numbers(new Dice(1)));
  expect(numbers(new Dice(1))).not.toEqual(numbers(new Dice(2)));
});

it("numbers are from 0 to 1 and spread evenly", () => {
  const thrown = numbers(new Dice(3));
  expect(Math.min(...thrown)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...thrown)).toBeLessThan(1);
  expect(thrown.filter((number) => number < 0.25).length).toBeGreaterThan(200);
  expect(thrown.filter((number) => number < 0.25).length).toBeLessThan(300);
});

it("an integer may be either limit and nothing beyond", () => {
  const dice = new Dice(4);
  const thrown = new Set(Array.from({ length: 200 }, () => dice.integer(-1, 2)));
  expect([...thrown].toSorted((one, other) => one - other)).toEqual([-1, 0, 1, 2]);
});

it("a chance of 0 never comes, one of 1 always", () => {
  const dice = new Dice(5);
  expect(
    Array.from({ length: 100 }, () => [dice.chance(0), dice.chance(1)])
      .flat()
      .filter(Boolean),
  ).toHaveLength(100);
});

it("every item is picked sooner or later, and shuffling keeps them all", () => {
  const dice = new Dice(6);
  expect(new Set(Array.from({ length: 100 }, () => dice.pick(["a", "b", "c"])))).toEqual(new Set(["a", "b", "c"]));
  const items = Array.from({ length: 100 }, (_, item) => item);
  const shuffled = dice.shuffle(items);
  expect(shuffled).not.toEqual(items);
  expect(shuffled.toSorted((one, other) => one - other)).toEqual(items);
});

it("forked dice depend on seed and salt alone", () => {
  const dice = new Dice(7);
  const early = numbers(dice.fork(1));
  dice.next();
  expect(numbers(dice.fork(1))).toEqual(early);
  expect(numbers(dice.fork(2))).not.toEqual(early);
});
