import { describe, expect, it } from "vitest";
import { codecOf, hex, read } from "../fixtures/codecs.ts";

describe.each(["guide", "typed"])("the layout %s", (framing) => {
  it.each([
    ["an untyped message", "4d43 00000002 7b7d", "message", "7b7d"],
    [
      "an untyped message of 66051 bytes",
      `4d43 00010203 ${"61".repeat(0x01_02_03)}`,
      "message",
      "61".repeat(0x01_02_03),
    ],
    ["a typed message", "4d43 01 00000002 7b7d", "message", "7b7d"],
    ["an empty ping", "4d43 02 00000000", "ping", ""],
    ["a ping with a time", "4d43 02 00000008 0000019300000000", "ping", "0000019300000000"],
    ["a pong", "4d43 03 00000008 0000019300000000", "pong", "0000019300000000"],
    ["an error", "4d43 04 00000002 7b7d", "error", "7b7d"],
    ["a close", "4d43 05 00000003 627965", "close", "627965"],
  ])("reads %s", (_name, bytes, kind, payload) => {
    expect(read(framing, hex(bytes))).toEqual([{ kind, payload: hex(payload) }]);
  });

  it("reads typed and untyped frames in one stream", () => {
    const frames = read(framing, hex("4d43 00000001 31  4d43 01 00000001 32  4d43 00000001 33  4d43 02 00000000"));
    expect(frames.map(({ kind, payload }) => `${kind} ${String(payload)}`)).toEqual([
      "message 1",
      "message 2",
      "message 3",
      "ping ",
    ]);
  });

  it.each([
    ["ping", 8, "4d43 02 00000008"],
    ["pong", 0, "4d43 03 00000000"],
    ["error", 258, "4d43 04 00000102"],
    ["close", 3, "4d43 05 00000003"],
  ] as const)("writes the header of a %s", (kind, payloadBytes, bytes) => {
    expect(codecOf(framing).controlHeader(kind, payloadBytes)).toEqual(hex(bytes));
  });

  it("has no frame that is ping and pong in one", () => {
    expect(codecOf(framing).controlHeader("echo", 0)).toBeUndefined();
  });

  it.each([
    ["another first byte", "48", /does not begin with .*4d 43/],
    ["another second byte", "4d44", /does not begin with .*4d 43/],
    ["an unknown type", "4d43 06", /type 6/],
    ["the largest type", "4d43 ff", /type 255/],
  ])("refuses %s as soon as it is there", (_name, bytes, problem) => {
    expect(codecOf(framing).readHeader(hex(bytes))).toEqual({ problem: expect.stringMatching(problem) });
  });

  it.each(["4d", "4d43", "4d4300", "4d43000000", "4d4301", "4d4301000000"])("waits behind %s", (bytes) => {
    expect(codecOf(framing).readHeader(hex(bytes))).toBeUndefined();
  });
});

describe("a message in the layout guide", () => {
  it("leaves untyped", () => {
    expect(codecOf("guide").messageHeader(2, "request")).toEqual(hex("4d43 00000002"));
    expect(codecOf("guide").messageHeader(0xff_ff_ff, "response")).toEqual(hex("4d43 00ffffff"));
  });

  it("of 16 MiB leaves typed only when the gateway has sent a typed frame on this connection", () => {
    const codec = codecOf("guide");
    codec.readHeader(hex("4d43 00000002"));
    expect(codec.messageHeader(0x1_00_00_00, "request")).toBeUndefined();
    codec.readHeader(hex("4d43 02 00000000"));
    expect(codec.messageHeader(0x1_00_00_00, "request")).toEqual(hex("4d43 01 01000000"));
    expect(codec.messageHeader(2, "request")).toEqual(hex("4d43 00000002"));
    expect(codecOf("guide").messageHeader(0x1_00_00_00, "request")).toBeUndefined();
  });
});

describe("a message in the layout typed", () => {
  it("leaves typed, whatever its size", () => {
    expect(codecOf("typed").messageHeader(2, "request")).toEqual(hex("4d43 01 00000002"));
    expect(codecOf("typed").messageHeader(0x1_00_00_00, "notification")).toEqual(hex("4d43 01 01000000"));
    expect(codecOf("typed").messageHeader(2 ** 32, "request")).toBeUndefined();
  });
});
