import { expect, test } from "vitest";

import { messageFacts } from "./message-facts.ts";

function facts(text: string) {
  return messageFacts(Buffer.from(text));
}

test("requests, notifications and answers are told apart", () => {
  expect(facts('{"id":1,"method":"a/b"}')).toEqual({
    kind: "request",
    method: "a/b",
    idKey: "number:1",
    idText: "1",
  });
  expect(facts('{"method":"a/b","params":{"id":1}}')).toEqual({
    kind: "notification",
    method: "a/b",
  });
  expect(facts('{"id":"x","result":{}}')).toMatchObject({ kind: "answer", idKey: "string:x" });
  expect(facts('{"id":"x","error":{}}')).toMatchObject({ kind: "answer" });
});

test("ids that differ have keys that differ, however they are written", () => {
  const key = (id: string) => facts(`{"id":${id},"method":"m"}`).idKey;
  expect(key("1")).not.toBe(key('"1"'));
  expect(key("9007199254740993")).not.toBe(key("9007199254740992"));
  expect(key("1.0")).toBe(key("1"));
  expect(key('"\\u0061"')).toBe(key('"a"'));
});

test("what is no JSON-RPC message is of kind other", () => {
  for (const text of ["", "[]", "{}", "garbage", '{"id":', '{"\\q":1}', '{"id":null}']) {
    expect(facts(text)).toEqual({ kind: "other" });
  }
});
