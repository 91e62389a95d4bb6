import { expect, test } from "vitest";

import { objectMembers } from "./object-members.ts";

function members(text: string): Record<string, string> {
  const found = [...objectMembers(Buffer.from(text))];
  return Object.fromEntries(found.map(([name, value]) => [name, value.toString()]));
}

test("values keep the bytes they were written with", () => {
  const text = ' { "a" : 1.0 , "b":9007199254740993,"c" : [ 1, {"}":"]"} ] ,"d":{"x":"\\"}"},"e":"\\\\","f":null}\n';
  expect(members(text)).toEqual({
    a: "1.0",
    b: "9007199254740993",
    c: '[ 1, {"}":"]"} ]',
    d: '{"x":"\\"}"}',
    e: '"\\\\"',
    f: "null",
  });
});

test("the last of two equal names counts, as with JSON.parse", () => {
  expect(members('{"a":1,"a":2}')).toEqual({ a: "2" });
});

test("names are compared after unescaping", () => {
  expect(members('{"\\u0061":1}')).toEqual({ a: "1" });
});

test("an empty object has none", () => {
  expect(members("{ }")).toEqual({});
});

test("every value that JSON.stringify writes, in every indentation, is found whole", () => {
  const values = [
    0,
    -1.5e300,
    true,
    null,
    "",
    'quote " and \\',
    "\\",
    '\\"',
    "é\u2028😀",
    [],
    [[]],
    {},
    { a: [{ b: "}" }] },
  ];
  for (const indentation of [0, 1, 2]) {
    const object = Object.fromEntries(values.map((value, index) => [`key"${index}`, value]));
    const found = objectMembers(Buffer.from(JSON.stringify(object, null, indentation)));
    const parsed: unknown[] = [...found.values()].map((value): unknown => JSON.parse(value.toString()));
    expect(parsed).toEqual(values);
  }
});

test("text that is no object, or broken, ends the search without hanging", () => {
  for (const text of ["", "[]", "{", '{"a', '{"a"', '{"a":', '{"a":[', '{"a":"', "{]}", '{"a":}', "{,,}"]) {
    expect(() => objectMembers(Buffer.from(text))).not.toThrow(RangeError);
  }
});
