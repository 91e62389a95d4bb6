import { describe, expect, it } from "vitest";
import { codecOf, hex, read } from "../fixtures/codecs.ts";

/** The same frames in both layouts. */
const LAYOUTS = [
  { framing: "mcpb", head: (type: string, length: string) => `4d435042 0001 ${type} ${length}` },
  { framing: "mcpb-padded", head: (type: string, length: string) => `4d435000 0001 ${type} 00000000 ${length}` },
] as const;

const HELLO = '{"min_version":1,"max_version":1,"preferred_version":1,"supported_versions":[1]}';

describe.each(LAYOUTS)("the layout $framing", ({ framing, head }) => {
  const bytes = (type: string, length: string, payload = "") => hex(head(type, length) + payload);

  it.each([
    ["a request", "0001", "00000002", "7b7d", "message"],
    ["a response", "0002", "00000002", "7b7d", "message"],
    ["a control frame", "0003", "00000001", "00", "ignored"],
    ["a health check", "0004", "00000000", "", "echo"],
    ["an error", "0005", "00000004", "6f6f7073", "error"],
    ["a negotiation", "0006", "00000002", "7b7d", "ignored"],
    ["an acknowledgement", "0007", "00000002", "7b7d", "opening"],
  ])("reads %s", (_name, type, length, payload, kind) => {
    expect(read(framing, bytes(type, length, payload))).toEqual([{ kind, payload: hex(payload) }]);
  });

  it.each([
    ["request", "0001"],
    ["notification", "0001"],
    ["response", "0002"],
    ["error", "0002"],
  ] as const)("writes the header of a %s", (kind, type) => {
    expect(codecOf(framing).messageHeader(258, kind)).toEqual(bytes(type, "00000102"));
  });

  it("has health checks and errors, and no other control frames", () => {
    expect(codecOf(framing).controlHeader("echo", 0)).toEqual(bytes("0004", "00000000"));
    expect(codecOf(framing).controlHeader("error", 4)).toEqual(bytes("0005", "00000004"));
    for (const kind of ["ping", "pong", "close"] as const)
      expect(codecOf(framing).controlHeader(kind, 0)).toBeUndefined();
  });

  it("holds 10 MiB, and not a byte more", () => {
    const codec = codecOf(framing);
    expect(codec.messageHeader(10_485_760, "request")).toEqual(bytes("0001", "00a00000"));
    expect(codec.messageHeader(10_485_761, "request")).toBeUndefined();
    expect(codec.readHeader(bytes("0001", "00a00000"))).toMatchObject({ kind: "message", payloadBytes: 10_485_760 });
    expect(codec.readHeader(bytes("0001", "00a00001"))).toMatchObject({
      problem: expect.stringContaining("10485761 bytes"),
      tooLarge: true,
    });
  });

  it("offers version 1 first", () => {
    expect(codecOf(framing).opening?.hello).toEqual(Buffer.concat([bytes("0006", "00000050"), Buffer.from(HELLO)]));
    expect(HELLO).toHaveLength(0x50);
  });

  it.each([
    ['{"agreed_version":1}', undefined],
    ['{"agreed_version":2}', "version 2"],
    ['{"agreed_version":"1"}', "no agreed_version"],
    ["{}", "no agreed_version"],
    ["[]", "no agreed_version"],
    ["null", "no agreed_version"],
    ["nonsense", "no agreed_version"],
  ])("judges the gateway's answer %s", (answer, problem) => {
    const found = codecOf(framing).opening?.accept(Buffer.from(answer));
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found?.problem).toContain(problem);
  });

  it.each([
    ["another first byte", "48", /does not begin with/],
    ["frames of the guide", "4d43 00000002", /does not begin with/],
    ["another version", head("0001", "00000000").replace("0001", "0002"), /version 2/],
    ["type 0", head("0000", "00000000"), /type 0/],
    ["an unknown type", head("0008", "00000000"), /type 8/],
    ["a type of which only the second byte is known", head("0101", "00000000"), /type 257/],
  ])("refuses %s", (_name, header, problem) => {
    expect(codecOf(framing).readHeader(hex(header))).toEqual({ problem: expect.stringMatching(problem) });
  });

  it("waits for the last byte of a header", () => {
    const whole = bytes("0001", "00000002");
    for (let length = 1; length < whole.length; length++) {
      expect(codecOf(framing).readHeader(whole.subarray(0, length))).toBeUndefined();
    }
    expect(codecOf(framing).readHeader(whole)).toEqual({ kind: "message", headerBytes: whole.length, payloadBytes: 2 });
  });
});

describe("the layout mcpb-padded", () => {
  it("has four bytes that mean nothing", () => {
    expect(read("mcpb-padded", hex("4d435000 0001 0001 deadbeef 00000002 7b7d"))).toEqual([
      { kind: "message", payload: hex("7b7d") },
    ]);
  });
});
