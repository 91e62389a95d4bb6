import { expect, test } from "vitest";

import { LineSplitter } from "./line-splitter.ts";

function split(chunks: readonly string[], limit = 100): readonly string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter(limit, {
    line: (bytes) => lines.push(bytes.toString()),
    tooLong: () => lines.push("(too long)"),
  });
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
}

test("lines are the same however the stream is cut", () => {
  const text = "one\n\ntwo\r\nthree";
  const expected = ["one", "", "two", "three"];
  expect(split([text])).toEqual(expected);
  expect(split(text.split(""))).toEqual(expected);
  expect(split(["one\n\ntw", "o\r", "\nthr", "ee"])).toEqual(expected);
});

test("a line above the limit is reported once, and the next one is read", () => {
  expect(split(["12345", "67890", "12\nok\n"], 8)).toEqual(["(too long)", "ok"]);
  expect(split(["12345678\n123456789"], 8)).toEqual(["12345678", "(too long)"]);
});
