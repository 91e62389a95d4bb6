import { describe, expect, it } from "vitest";
import { idInHead } from "./line-head-id.ts";
import { idInTail } from "./line-tail-id.ts";
import { oversizeRequestId } from "./oversize-request.ts";

describe("idInHead", () => {
  it.each<[string, string | undefined]>([
    ['{"jsonrpc":"2.0","id":7,"method":"a","params":{"x":"yyyy', "7"],
    ['{"jsonrpc":"2.0","\\u0069d":"\\u0061" ,"params":[1,2', '"\\u0061"'],
    ['{"id":12', undefined],
    ['{"id":12 ', undefined],
    ['{"id":"12', undefined],
    ['{"id":1.5,"params":{', undefined],
    ['{"id":null,"params":{', undefined],
    ['{"id":1,"id":1,"params":{', undefined],
    ['{"params":{"id":7,"x":', undefined],
    ['[{"id":7,', undefined],
    ['"id":7,', undefined],
    ["", undefined],
  ])("of %s is %s", (head, id) => {
    expect(idInHead(Buffer.from(head))).toBe(id);
  });
});

describe("idInTail", () => {
  it.each<[string, string | undefined]>([
    ['yyyy"}},"jsonrpc":"2.0","id":3}', "3"],
    ['yy"}} , "id" : "a-1" } \r', '"a-1"'],
    [',"id":-3}', "-3"],
    [',"id":1.5}', undefined],
    [',"id":null}', undefined],
    [',"id":"a\\"b"}', undefined],
    ['x\\"id":3}', undefined],
    ['"xid":3}', undefined],
    ['id":3}', undefined],
    ['"id":3}', undefined],
    ['{"id":3}', undefined],
    [',"id":3', undefined],
    [',"id" 3}', undefined],
    [',"other":3}', undefined],
    ["}", undefined],
    ["", undefined],
  ])("of %s is %s", (tail, id) => {
    expect(idInTail(Buffer.from(tail))).toBe(id);
  });
});

describe("oversizeRequestId", () => {
  const id = (head: string, tail: string) => oversizeRequestId(Buffer.from(head), Buffer.from(tail));

  it("takes the id from either end of a request", () => {
    expect(id('{"method":"a","id":1,"params":{"x":"', '"}}')).toBe("1");
    expect(id('{"method":"a","params":{"x":"', '"}},"jsonrpc":"2.0","id":2}')).toBe("2");
  });

  it("has none for an answer, a notification, or what does not show a method", () => {
    expect(id('{"jsonrpc":"2.0","id":1,"result":{"x":"', '"}}')).toBeUndefined();
    expect(id('{"jsonrpc":"2.0","result":{"x":"', '"}},"id":1}')).toBeUndefined();
    expect(id('{"method":"a","params":{"x":"', '"}}')).toBeUndefined();
    expect(id('{"params":{"x":"', '"}},"method":"a","id":1}')).toBeUndefined();
  });
});
