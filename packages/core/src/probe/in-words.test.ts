import { expect, it } from "vitest";
import { inWords } from "./in-words.ts";

it.each([
  [0, "0 s"],
  [-5, "0 s"],
  [0.6, "1 s"],
  [59, "59 s"],
  [60, "1 min"],
  [3_599, "59 min 59 s"],
  [3_601, "1 h"],
  [86_400, "1 day"],
  [2 * 86_400 + 3 * 3_600 + 4 * 60 + 5, "2 days 3 h"],
])("%d seconds are %s", (seconds, words) => {
  expect(inWords(seconds)).toBe(words);
});
