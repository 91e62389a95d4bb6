import { expect, it } from "vitest";
import { read } from "../fixtures/codecs.ts";
import plugin from "../index.ts";

it("the layout lines is messages that end with a line feed", () => {
  expect(plugin.contributes?.framings?.["lines"]?.create?.()).toEqual({ delimiter: 0x0a });
  expect(read("lines", Buffer.from('{"id":1}\n{"id":2}\r\n\n\r\n [3]\n{"id":4'))).toEqual([
    { kind: "message", payload: Buffer.from('{"id":1}') },
    { kind: "message", payload: Buffer.from('{"id":2}\r') },
    { kind: "message", payload: Buffer.from(" [3]") },
  ]);
});
