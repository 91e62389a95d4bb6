import { describe, expect, it } from "vitest";
import { RouterError } from "../errors/router-error.ts";
import type { JsonValue } from "../plugin/json.ts";
import { MessageEditError } from "./message-edit-error.ts";
import { RawMessage } from "./raw-message.ts";

const CALL =
  '{"jsonrpc":"2.0", "id":9007199254740993,"method":"tools/call","params":{"name":"a","arguments":{"n":1.0,"list":[1, 2.0],"a/b~c":{}, "":1 }}}';

function read(text: string): RawMessage {
  const message = RawMessage.read(Buffer.from(text));
  if (!(message instanceof RawMessage)) throw new Error(message.detail);
  return message;
}

function edited(pointer: string, value: JsonValue, text = CALL): string {
  const message = read(text);
  message.set(pointer, value);
  return message.bytes.toString();
}

describe("set", () => {
  it.each<[string, JsonValue, string, string]>([
    ["/params/name", "bé", '"name":"a"', '"name":"bé"'],
    ["/params/arguments/list/1", { x: [] }, "2.0]", '{"x":[]}]'],
    ["/params/arguments/list/-", 3, "2.0]", "2.0,3]"],
    ["/params/arguments/list/2", 3, "2.0]", "2.0,3]"],
    ["/params/arguments/a~1b~0c/new", null, '"a/b~c":{}', '"a/b~c":{"new":null}'],
    ["/params/arguments/", 2, '"":1 ', '"":2 '],
    ["/params/arguments/__proto__", { x: 1 }, '"":1 ', '"":1,"__proto__":{"x":1} '],
    ["/params/_meta", {}, '"":1 }}', '"":1 },"_meta":{}}'],
    ["/extra", 1, '"":1 }}}', '"":1 }},"extra":1}'],
  ])("of %s leaves every other byte as it is", (pointer, value, before, after) => {
    expect(edited(pointer, value)).toBe(CALL.replace(before, after));
  });

  it("finds a key in any spelling", () => {
    expect(edited("/params/é", 2, '{"jsonrpc":"2.0","method":"a","params":{"\\u00e9":1}}')).toBe(
      '{"jsonrpc":"2.0","method":"a","params":{"\\u00e9":2}}',
    );
  });

  it("reads the facts anew", () => {
    const message = read(CALL);
    expect([message.name, message.uri, message.id, message.idKey]).toEqual([
      "a",
      undefined,
      "9007199254740993",
      "9007199254740993",
    ]);
    expect(message.json).toHaveProperty("params.name", "a");
    message.set("/params/name", "b");
    message.set("/params/uri", "u");
    expect([message.name, message.uri, message.method, message.id]).toEqual([
      "b",
      "u",
      "tools/call",
      "9007199254740993",
    ]);
    expect(message.json).toHaveProperty("params.name", "b");
  });

  it("works on a message that was a part of a larger buffer", () => {
    const message = read(`  ${CALL}  `);
    message.set("/params/name", "b");
    expect(message.bytes.toString()).toBe(CALL.replace('"name":"a"', '"name":"b"'));
    expect(message.name).toBe("b");
  });

  it.each<[string, JsonValue]>([
    ["params", 1],
    ["/params/~2", 1],
    ["/params/missing/x", 1],
    ["/params/name/x", 1],
    ["/params/arguments/list/01", 1],
    ["/params/arguments/list/4", 1],
    ["/params/arguments/list/-/x", 1],
    ["/id", 8],
    ["/id", null],
    ["/jsonrpc", "1.0"],
    ["/method", ""],
    ["/method", 5],
    ["/params", "text"],
    ["/result", {}],
    ["", []],
  ])("of %s to %j is refused and leaves the message as it was", (pointer, value) => {
    const message = read(CALL);
    expect(() => message.set(pointer, value)).toThrow(MessageEditError);
    expect(message.bytes.toString()).toBe(CALL);
  });

  it("refuses a key that appears twice on the way", () => {
    const text = '{"jsonrpc":"2.0","method":"a","params":{"x":1,"\\u0078":2,"y":{},"y":{}}}';
    expect(() => edited("/params/x", 3, text)).toThrow(/appears 2 times/);
    expect(() => edited("/params/y/z", 3, text)).toThrow(/appears 2 times/);
  });

  it("refuses what cannot be written as JSON", () => {
    const circular: Record<string, JsonValue> = {};
    circular["self"] = circular;
    expect(() => edited("/params/name", circular)).toThrow(/cannot be written/);
  });

  it("refuses an edit that nests too deep", () => {
    let deep: JsonValue = 1;
    for (let level = 0; level < 130; level++) deep = [deep];
    expect(() => edited("/params/name", deep)).toThrow(/128 levels/);
  });

  it("may set the id to what it is", () => {
    expect(edited("/id", 9007199254740992)).toBe(CALL);
  });

  it("fails with a code", () => {
    try {
      edited("/id", 1);
      expect.unreachable();
    } catch (error) {
      expect(RouterError.is(error) && error.code).toBe("MESSAGE_EDIT");
    }
  });
});

describe("replace", () => {
  it("takes a new payload and keeps the id as it was spelled", () => {
    const message = read(CALL);
    message.replace({ jsonrpc: "2.0", id: 9007199254740992, method: "tools/call" });
    expect(message.bytes.toString()).toBe('{"jsonrpc":"2.0","id":9007199254740993,"method":"tools/call"}');
    expect([message.method, message.name]).toEqual(["tools/call", undefined]);
  });

  it("may leave the id out of an error reply that has none", () => {
    const message = read('{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"m"}}');
    message.replace({ jsonrpc: "2.0", error: { code: 2, message: "n" } });
    expect(message.bytes.toString()).toBe('{"jsonrpc":"2.0","error":{"code":2,"message":"n"}}');
  });

  it.each<[string, JsonValue]>([
    ["another method", { jsonrpc: "2.0", id: 9007199254740992, method: "ping" }],
    ["another id", { jsonrpc: "2.0", id: 1, method: "ping" }],
    ["an id of another type", { jsonrpc: "2.0", id: "9007199254740993", method: "ping" }],
    ["no id", { jsonrpc: "2.0", method: "ping" }],
    ["another kind", { jsonrpc: "2.0", id: 9007199254740992, result: {} }],
    ["no object", ["x"]],
    ["no message", { id: 9007199254740992 }],
  ])("refuses %s", (_what, json) => {
    const message = read(CALL);
    expect(() => message.replace(json)).toThrow(MessageEditError);
    expect(message.bytes.toString()).toBe(CALL);
  });

  it("refuses to give a notification an id", () => {
    const message = read('{"jsonrpc":"2.0","method":"a"}');
    expect(() => message.replace({ jsonrpc: "2.0", method: "a", id: 1 })).toThrow(MessageEditError);
    expect(() => message.set("/id", 1)).toThrow(MessageEditError);
  });
});
