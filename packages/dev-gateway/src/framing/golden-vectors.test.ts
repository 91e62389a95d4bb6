import { describe, expect, it } from "vitest";

import { createFraming } from "./create-framing.ts";
import type { FramingName, TcpFrame } from "./framing.ts";

const LIMIT = 1000;
const MESSAGE = Buffer.from("{}");
const STAMP = "0000019ab1c2d3e4";

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(" ", ""), "hex");
}

/** Reads the bytes in pieces of that length, and says what is in them. */
function read(name: FramingName, bytes: Buffer, piece = bytes.length): readonly string[] {
  const framing = createFraming(name, LIMIT);
  const frames: TcpFrame[] = [];
  for (let start = 0; start < bytes.length; start += piece) {
    frames.push(...framing.read(bytes.subarray(start, start + piece)));
  }
  expect(framing.unfinished).toBe(false);
  return frames.map(({ kind, payload }) => `${kind} ${payload.toString("hex")}`);
}

interface Vector {
  readonly says: string;
  readonly bytes: string;
}

const GUIDE: readonly Vector[] = [
  { says: "message 7b7d", bytes: "4d43 00000002 7b7d" },
  { says: "message 7b7d", bytes: "4d43 01 00000002 7b7d" },
  { says: "message ", bytes: "4d43 00000000" },
  { says: "ping ", bytes: "4d43 02 00000000" },
  { says: `ping ${STAMP}`, bytes: `4d43 02 00000008 ${STAMP}` },
  { says: `pong ${STAMP}`, bytes: `4d43 03 00000008 ${STAMP}` },
  { says: "error 7b7d", bytes: "4d43 04 00000002 7b7d" },
  { says: "close 627965", bytes: "4d43 05 00000003 627965" },
];

const MCPB: readonly Vector[] = [
  { says: "message 7b7d", bytes: "4d435042 0001 0001 00000002 7b7d" },
  { says: "message 7b7d", bytes: "4d435042 0001 0002 00000002 7b7d" },
  { says: "message 7b7d", bytes: "4d435042 0001 0003 00000002 7b7d" },
  { says: "ping ", bytes: "4d435042 0001 0004 00000000" },
  { says: "error 627965", bytes: "4d435042 0001 0005 00000003 627965" },
  { says: "hello 7b7d", bytes: "4d435042 0001 0006 00000002 7b7d" },
];

const LINES: readonly Vector[] = [
  { says: "message 7b7d", bytes: "7b7d 0a" },
  { says: "message 7b7d", bytes: "7b7d 0d0a" },
];

/** The same with another magic, and four bytes more before the length. */
const MCPB_PADDED = MCPB.map(({ says, bytes }) => {
  const [, version, type, ...rest] = bytes.split(" ");
  return { says, bytes: ["4d435000", version, type, "00000000", ...rest].join(" ") };
});

describe.each([
  ["guide", GUIDE],
  ["typed", GUIDE],
  ["mcpb", MCPB],
  ["mcpb-padded", MCPB_PADDED],
  ["lines", LINES],
] as const)("%s", (name, vectors) => {
  it.each(vectors)("$bytes is: $says", ({ says, bytes }) => {
    expect(read(name, hex(bytes))).toEqual([says]);
  });

  it("is read the same in pieces of any length", () => {
    const all = Buffer.concat(vectors.map(({ bytes }) => hex(bytes)));
    for (const piece of [1, 2, 3, 5, 7, 11, all.length]) {
      expect(read(name, all, piece)).toEqual(vectors.map(({ says }) => says));
    }
  });
});

it.each([
  ["guide", "answer", "4d43 00000002 7b7d"],
  ["typed", "answer", "4d43 01 00000002 7b7d"],
  ["mcpb", "answer", "4d435042 0001 0002 00000002 7b7d"],
  ["mcpb", "question", "4d435042 0001 0001 00000002 7b7d"],
  ["mcpb-padded", "answer", "4d435000 0001 0002 00000000 00000002 7b7d"],
  ["mcpb-padded", "question", "4d435000 0001 0001 00000000 00000002 7b7d"],
  ["lines", "question", "7b7d 0a"],
] as const)("%s sends a message, an %s, as %s", (name, role, bytes) => {
  expect(createFraming(name, LIMIT).message(MESSAGE, role)).toEqual(hex(bytes));
});

it.each([
  ["guide", "4d43 03 00000001 07", "4d43 05 00000003 627965"],
  ["typed", "4d43 03 00000001 07", "4d43 05 00000003 627965"],
  ["mcpb", "4d435042 0001 0004 00000001 07", "4d435042 0001 0005 00000003 627965"],
  ["mcpb-padded", "4d435000 0001 0004 00000000 00000001 07", "4d435000 0001 0005 00000000 00000003 627965"],
  ["lines", "", ""],
] as const)("%s echoes a ping as %s and says goodbye as %s", (name, pong, goodbye) => {
  const framing = createFraming(name, LIMIT);
  expect(framing.pong(hex("07"))).toEqual(hex(pong));
  expect(framing.goodbye("bye")).toEqual(hex(goodbye));
});

it("errors are a JSON object in a typed frame, and text for mcpb", () => {
  const fault = { code: "INVALID_REQUEST", message: "no", details: {} } as const;
  const json = '{"code":"INVALID_REQUEST","message":"no","details":{}}';
  expect(createFraming("guide", LIMIT).error(fault).toString("latin1")).toBe(
    `MC\x04\0\0\0${String.fromCharCode(54)}${json}`,
  );
  expect(createFraming("mcpb", LIMIT).error(fault).toString("latin1")).toBe("MCPB\0\x01\0\x05\0\0\0\x02no");
});

it("an agreement is frame 7", () => {
  const hello = Buffer.from('{"min_version":1,"max_version":1,"preferred_version":1,"supported_versions":[1]}');
  const agreed = Buffer.from('{"agreed_version":1}').toString("hex");
  expect(createFraming("mcpb", LIMIT).welcome(hello)).toEqual(hex(`4d435042 0001 0007 00000014 ${agreed}`));
});

it.each(["{", "[]", "{}", '{"min_version":2,"max_version":3}', '{"min_version":0,"max_version":0}'])(
  "a negotiation of %s comes to nothing",
  (hello) => {
    expect(() => createFraming("mcpb", LIMIT).welcome(Buffer.from(hello))).toThrow(/version/);
  },
);

describe("what is no frame is refused as early as it can be seen", () => {
  it.each<[FramingName, string, number, RegExp]>([
    ["guide", "58", 1002, /expected a frame that begins with 4d43, received 58/],
    ["guide", "4d58", 1002, /received 4d58/],
    ["guide", "4d435042", 1002, /there is no frame type 80/],
    ["guide", "4d4306", 1002, /there is no frame type 6/],
    ["guide", "4d43ff", 1002, /there is no frame type 255/],
    ["guide", "4d43000003e9", 1009, /1001 bytes is over the limit of 1000/],
    ["guide", "4d4301ffffffff", 1009, /4294967295 bytes/],
    ["guide", "4d430200000009", 1002, /a ping carries nothing or 8 bytes, not 9/],
    ["guide", "4d430500010001", 1009, /65537 bytes is over the limit of 65536/],
    ["mcpb", "4d4300", 1002, /begins with 4d435042, received 4d4300/],
    ["mcpb", "4d43504200020001ffffffff", 1002, /there is no version 2/],
    ["mcpb", "4d435042000100080000000000", 1002, /there is no frame type 8 for clients/],
    ["mcpb", "4d435042000100070000000000", 1002, /there is no frame type 7 for clients/],
    ["mcpb", "4d43504200010001000003e9", 1009, /1001 bytes/],
    ["mcpb-padded", "4d435042", 1002, /begins with 4d435000/],
  ])("%s: %s closes with %i", (name, bytes, closeCode, message) => {
    const framing = createFraming(name, LIMIT);
    expect(() => [...framing.read(hex(bytes))]).toThrow(
      expect.objectContaining({ closeCode, message: expect.stringMatching(message) }),
    );
  });

  it("lines that never end are too long; what came before counts", () => {
    const framing = createFraming("lines", LIMIT);
    const seen: string[] = [];
    expect(() => {
      for (const { payload } of framing.read(Buffer.from(`{}\n${"x".repeat(1001)}\n{}\n`)))
        seen.push(payload.toString());
    }).toThrow(expect.objectContaining({ closeCode: 1009 }));
    expect(seen).toEqual(["{}"]);
  });
});

describe("a message of 16 MiB", () => {
  const large = Buffer.alloc(16 * 1024 * 1024);

  it("has no untyped frame: it is sent typed to those who have sent typed frames", () => {
    const framing = createFraming("guide", LIMIT);
    expect(framing.message(large, "answer")).toBeUndefined();
    expect(framing.message(large.subarray(1), "answer")?.subarray(0, 6)).toEqual(hex("4d43 00ffffff"));
    expect([...framing.read(hex("4d43 02 00000000"))]).toHaveLength(1);
    expect(framing.message(large, "answer")?.subarray(0, 7)).toEqual(hex("4d43 01 01000000"));
  });

  it("is nothing unusual where all data is typed, and too much for mcpb", () => {
    expect(createFraming("typed", LIMIT).message(large, "answer")).toHaveLength(large.length + 7);
    expect(createFraming("mcpb", LIMIT).message(large, "answer")).toBeUndefined();
  });
});

it("messages with line breaks become one line", () => {
  expect(createFraming("lines", LIMIT).message(Buffer.from('{\n"a":1\r\n}'), "answer")?.toString()).toBe(
    '{ "a":1  }\n',
  );
});

it("an end is in the middle of a frame when a part of one is there", () => {
  for (const [name, part] of [
    ["guide", "4d"],
    ["mcpb", "4d43504200"],
    ["lines", "7b"],
  ] as const) {
    const framing = createFraming(name, LIMIT);
    expect([...framing.read(hex(part))]).toEqual([]);
    expect(framing.unfinished).toBe(true);
  }
});
