import { describe, expect, it } from "vitest";
import type { MessageKind } from "../plugin/message.ts";
import type { Refusal } from "./refusal.ts";
import { scanMessage } from "./scan-message.ts";
import type { Span } from "./span.ts";

function scan(text: string) {
  const bytes = Buffer.from(text);
  const found = scanMessage(bytes);
  return { found, at: (span: Span | undefined) => span && bytes.toString("utf8", span.start, span.end) };
}

describe("scanMessage", () => {
  it.each<[string, MessageKind]>([
    ['{"jsonrpc":"2.0","id":1,"method":"ping"}', "request"],
    ['{"jsonrpc":"2.0","id":"a","method":"ping","params":[]}', "request"],
    ['{"jsonrpc":"2.0","method":"notifications/initialized"}', "notification"],
    ['{"jsonrpc":"2.0","id":0,"result":{}}', "response"],
    ['{"jsonrpc":"2.0","id":0,"error":{"code":-32600,"message":""}}', "error"],
    ['{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":""}}', "error"],
    ['{"jsonrpc":"2.0","error":{"code":-32600,"message":""}}', "error"],
    ['{"jsonrpc":"2\\u002e0","id":9007199254740993,"method":"\\u0070ing"}', "request"],
    [' \t{ "jsonrpc" : "2.0" , "id" : 1.0 , "method" : "ping" } ', "request"],
  ])("accepts %s as a %s", (text, kind) => {
    const { found } = scan(text);
    expect(found.refusal).toBeUndefined();
    expect(found.kind).toBe(kind);
    expect(found.replyFlaw).toBeUndefined();
    expect(found.extraMembers).toBe(false);
  });

  it.each<[Refusal, string]>([
    ["not_json", ""],
    ["not_json", "nonsense"],
    ["not_json", '{"jsonrpc":"2.0","id":1,"method":"ping"'],
    ["not_json", '{"jsonrpc":"2.0","id":1,"method":"ping"} x'],
    ["not_json", '{"jsonrpc":"2.0","id":1,"method":"ping"}{}'],
    ["not_json", '{"jsonrpc":"2.0","id":1,"method":"ping",}'],
    ["not_json", '{"jsonrpc":"2.0","id":01,"method":"ping"}'],
    ["not_json", '{"jsonrpc":"2.0","method":"a\u0001"}'],
    ["not_json", '{"jsonrpc":"2.0","method":"\\x"}'],
    ["not_json", '{"jsonrpc":"2.0","method":"\\u12g4"}'],
    ["not_json", '\ufeff{"jsonrpc":"2.0","method":"a"}'],
    ["too_deep", `{"jsonrpc":"2.0","method":"a","params":${"[".repeat(128)}${"]".repeat(128)}}`],
    ["not_object", '"text"'],
    ["not_object", "null"],
    ["not_object", "7"],
    ["batch", '[{"jsonrpc":"2.0","id":1,"method":"ping"}]'],
    ["batch", "[]"],
    ["ambiguous", '{"jsonrpc":"2.0","jsonrpc":"2.0","method":"a"}'],
    ["ambiguous", '{"jsonrpc":"2.0","id":1,"\\u0069d":2,"method":"a"}'],
    ["ambiguous", '{"jsonrpc":"2.0","method":"a","method":"a"}'],
    ["ambiguous", '{"jsonrpc":"2.0","method":"a","params":{},"params":{}}'],
    ["ambiguous", '{"jsonrpc":"2.0","id":1,"result":{},"result":{}}'],
    ["ambiguous", '{"jsonrpc":"2.0","id":1,"error":{},"error":{}}'],
    ["both", '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":""}}'],
    ["both", '{"jsonrpc":"2.0","id":1,"method":"a","result":{}}'],
    ["both", '{"jsonrpc":"2.0","id":1,"method":"a","error":{"code":1,"message":""}}'],
    ["no_method", '{"jsonrpc":"2.0","id":1}'],
    ["no_method", "{}"],
    ["bad_method", '{"jsonrpc":"2.0","id":1,"method":7}'],
    ["bad_method", '{"jsonrpc":"2.0","id":1,"method":""}'],
    ["bad_method", `{"jsonrpc":"2.0","id":1,"method":"${"m".repeat(257)}"}`],
    ["bad_method", `{"jsonrpc":"2.0","id":1,"method":"${"\\u006d".repeat(257)}"}`],
    ["bad_id", '{"jsonrpc":"2.0","id":null,"method":"a"}'],
    ["bad_id", '{"jsonrpc":"2.0","id":{},"method":"a"}'],
    ["bad_id", '{"jsonrpc":"2.0","id":[],"method":"a"}'],
    ["bad_id", '{"jsonrpc":"2.0","id":true,"method":"a"}'],
    ["bad_id", '{"jsonrpc":"2.0","id":1.5,"method":"a"}'],
    ["bad_id", '{"jsonrpc":"2.0","id":1e400,"method":"a"}'],
    ["bad_id", `{"jsonrpc":"2.0","id":1${"0".repeat(400)},"method":"a"}`],
    ["bad_id", `{"jsonrpc":"2.0","id":"${"i".repeat(1023)}","method":"a"}`],
    ["bad_id", '{"jsonrpc":"2.0","id":null,"result":{}}'],
    ["bad_id", '{"jsonrpc":"2.0","result":{}}'],
    ["bad_id", '{"jsonrpc":"2.0","id":1.5,"error":{"code":1,"message":""}}'],
    ["bad_params", '{"jsonrpc":"2.0","id":1,"method":"a","params":null}'],
    ["bad_params", '{"jsonrpc":"2.0","id":1,"method":"a","params":"x"}'],
    ["bad_version", '{"id":1,"method":"a"}'],
    ["bad_version", '{"jsonrpc":"1.0","id":1,"method":"a"}'],
    ["bad_version", '{"jsonrpc":2.0,"id":1,"method":"a"}'],
  ])("refuses as %s: %s", (reason, text) => {
    expect(scan(text).found.refusal).toBe(reason);
  });

  it("accepts a method of 256 characters however they are spelled", () => {
    expect(scan(`{"jsonrpc":"2.0","method":"${"\\u006d".repeat(256)}"}`).found.refusal).toBeUndefined();
  });

  it("accepts nesting up to 128 levels", () => {
    const params = `${"[".repeat(127)}${"]".repeat(127)}`;
    expect(scan(`{"jsonrpc":"2.0","method":"a","params":${params}}`).found.refusal).toBeUndefined();
  });

  it.each(["tools/call", "prompts/get", "resources/read", "resources/subscribe", "resources/unsubscribe"])(
    "refuses a second target for %s, which guards decide on, in any order",
    (method) => {
      const twice = ['{"name":"a","\\u006eame":"b"}', '{"uri":"a","x":1,"uri":"a"}'];
      for (const params of twice) {
        expect(scan(`{"jsonrpc":"2.0","method":"${method}","params":${params}}`).found.refusal).toBe("ambiguous");
        expect(scan(`{"params":${params},"method":"${method}","jsonrpc":"2.0"}`).found.refusal).toBe("ambiguous");
      }
    },
  );

  it("lets other duplicates pass and reports the last of them", () => {
    const { found, at } = scan(
      '{"jsonrpc":"2.0","method":"a","x":1,"x":2,"params":{"name":"a","name":"b","_meta":{"progressToken":1},"_meta":{}}}',
    );
    expect(found.refusal).toBeUndefined();
    expect(at(found.name)).toBe('"b"');
    expect(found.metaProgressToken).toBeUndefined();
  });

  it("finds what the router decides on, whatever the order and the spelling of the keys", () => {
    const { found, at } = scan(
      `{"params":{"progressToken":"p","_m\\u0065ta":{"io.modelcontextprotocol\\/protocolVersion":"2026-07-28",
        "progressToken":7,"io.modelcontextprotocol/subscriptionId":"s"},"uri":"file:///","name":"tool","requestId":3},
        "extra":{"id":9},"id":"x","method":"m","jsonrpc":"2.0"}`,
    );
    expect(found.refusal).toBeUndefined();
    expect([at(found.id), at(found.method), at(found.name), at(found.uri)]).toEqual([
      '"x"',
      '"m"',
      '"tool"',
      '"file:///"',
    ]);
    expect([at(found.requestId), at(found.progressToken), at(found.metaProgressToken)]).toEqual(["3", '"p"', "7"]);
    expect([at(found.metaProtocolVersion), at(found.metaSubscriptionId)]).toEqual(['"2026-07-28"', '"s"']);
    expect(found.extraMembers).toBe(true);
    expect(found.rawLineBreaks).toBe(true);
  });

  it("counts line breaks only inside the message", () => {
    expect(scan('\r\n{"jsonrpc":"2.0","method":"a\\n"}\n').found.rawLineBreaks).toBe(false);
    expect(scan('{"jsonrpc":"2.0",\r"method":"a"}').found.rawLineBreaks).toBe(true);
  });

  it.each([
    ['"result":null', "result_not_object"],
    ['"result":[]', "result_not_object"],
    ['"error":"x"', "error_not_object"],
    ['"error":{"code":1.5,"message":""}', "error_code"],
    ['"error":{"code":1e400,"message":""}', "error_code"],
    ['"error":{"code":"1","message":""}', "error_code"],
    ['"error":{"message":""}', "error_code"],
    ['"error":{"code":1}', "error_message"],
    ['"error":{"code":1,"message":null}', "error_message"],
  ])("notes that official clients reject a reply with %s", (member, flaw) => {
    const { found } = scan(`{"jsonrpc":"2.0","id":1,${member}}`);
    expect(found.refusal).toBeUndefined();
    expect(found.replyFlaw).toBe(flaw);
  });

  it("counts params in a reply as an extra member", () => {
    expect(scan('{"jsonrpc":"2.0","id":1,"result":{},"params":{}}').found.extraMembers).toBe(true);
  });

  it("scans a stretch of a larger buffer without looking past it", () => {
    const text = '{"jsonrpc":"2.0","id":1,"method":"a"}';
    const bytes = Buffer.from(`[${text},12]`);
    expect(scanMessage(bytes, 1, 1 + text.length).refusal).toBeUndefined();
    expect(scanMessage(bytes, 1, text.length).refusal).toBe("not_json");
    expect(scanMessage(Buffer.from("tru"), 0, 3).refusal).toBe("not_json");
    expect(scanMessage(Buffer.from("[1]"), 1, 2).refusal).toBe("not_object");
  });

  it("finds the end of long strings wherever they lie in memory, and control characters in them", () => {
    const memory = Buffer.alloc(400, "x");
    for (let offset = 0; offset < 8; offset++) {
      for (let length = 60; length < 90; length++) {
        const text = `{"jsonrpc":"2.0","method":"a","params":["${"é".repeat(length)}"]}`;
        const size = memory.write(text, offset);
        expect(scanMessage(memory, offset, offset + size).refusal).toBeUndefined();
        for (const bad of [0x00, 0x1f, 0x0a, 0x22]) {
          memory[offset + size - 4] = bad;
          expect(scanMessage(memory, offset, offset + size).refusal).toBe("not_json");
        }
      }
    }
  });

  it("refuses five million open brackets at the depth cap", () => {
    const found = scanMessage(Buffer.from(`{"id":1,"params":${"[".repeat(5_000_000)}`));
    expect(found.refusal).toBe("too_deep");
    expect(found.faultAt).toBeLessThan(200);
  });
});
