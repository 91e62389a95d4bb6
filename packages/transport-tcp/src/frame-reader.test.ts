import type { HeaderCodec } from "@mcp-router/core/plugin";
import { Dice } from "@mcp-router/testkit";
import { describe, expect, it, vi } from "vitest";
import { ChunkList } from "./chunk-list.ts";
import { anyCodecOf, hex } from "./fixtures/codecs.ts";
import { createReader, type FrameReader } from "./frame-reader.ts";

const MAX = 5000;
const FRAMINGS = ["guide", "typed", "mcpb", "mcpb-padded", "lines"] as const;

function readerOf(framing: string, maxMessageBytes = MAX): FrameReader {
  return createReader(anyCodecOf(framing), maxMessageBytes);
}

/** Everything that a reader has to say, as text; the last entry is a fault or nothing. */
function drain(reader: FrameReader): string[] {
  const said: string[] = [];
  for (;;) {
    const frame = reader.next();
    if (frame === undefined) return said;
    if ("problem" in frame) return [...said, "fault"];
    said.push(`${frame.kind} ${frame.payload.toString("latin1")}`);
  }
}

interface Layout {
  /** Bytes of a header, by its first bytes; undefined when those are no header. */
  readonly header: (bytes: Buffer) => { kind: string; header: number; payload: number } | undefined;
  readonly shortest: number;
}

/** The layouts once more, as naively as possible: the whole stream is there, and nothing is remembered. */
const NAIVE: { readonly [framing: string]: Layout } = {
  guide: { header: naiveGuide, shortest: 6 },
  typed: { header: naiveGuide, shortest: 6 },
  mcpb: { header: (bytes) => naiveMcpb(bytes, "MCPB", 8), shortest: 12 },
  "mcpb-padded": { header: (bytes) => naiveMcpb(bytes, "MCP\0", 12), shortest: 16 },
};

function naiveGuide(bytes: Buffer) {
  if (bytes.toString("latin1", 0, 2) !== "MC") return undefined;
  if (bytes[2] === 0) return { kind: "message", header: 6, payload: bytes.readUInt32BE(2) };
  const kind = ["", "message", "ping", "pong", "error", "close"][bytes[2] ?? 0];
  if (kind === undefined) return undefined;
  return { kind, header: 7, payload: bytes.length < 7 ? Number.NaN : bytes.readUInt32BE(3) };
}

function naiveMcpb(bytes: Buffer, magic: string, lengthAt: number) {
  const kind = ["", "message", "message", "ignored", "echo", "error", "ignored", "opening"][bytes.readUInt16BE(6)];
  if (bytes.toString("latin1", 0, 4) !== magic || bytes.readUInt16BE(4) !== 1 || !kind) return undefined;
  return { kind, header: lengthAt + 4, payload: bytes.readUInt32BE(lengthAt) };
}

function naiveLimit(kind: string): number {
  if (kind === "message" || kind === "ignored") return MAX;
  return ["error", "close", "opening"].includes(kind) ? 65_536 : 125;
}

function naiveLines(stream: Buffer): string[] {
  const said: string[] = [];
  const parts = stream.toString("latin1").split("\n");
  for (const [index, line] of parts.entries()) {
    if (said.length === 0 && line !== "" && !/^[\s[{]/.test(line)) return ["fault"];
    if (line.length > MAX) return [...said, "fault"];
    if (index < parts.length - 1 && /[^ \r\t]/.test(line)) said.push(`message ${line}`);
  }
  return said;
}

/** @param early The reader has found a fault, which may show before a header is whole. */
function naive(framing: string, stream: Buffer, early: boolean): string[] {
  const layout = NAIVE[framing];
  if (layout === undefined) return naiveLines(stream);
  const said: string[] = [];
  let rest = stream;
  while (rest.length >= layout.shortest) {
    const found = layout.header(rest);
    if (found === undefined) return [...said, "fault"];
    if (Number.isNaN(found.payload)) break;
    if (found.payload > naiveLimit(found.kind) || (found.kind === "message" && found.payload === 0))
      return [...said, "fault"];
    if (rest.length < found.header + found.payload) return said;
    said.push(`${found.kind} ${rest.toString("latin1", found.header, found.header + found.payload)}`);
    rest = rest.subarray(found.header + found.payload);
  }
  return early && rest.length > 0 && rest.length < layout.shortest ? [...said, "fault"] : said;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A frame that is mostly in order. */
function randomFrame(framing: string, dice: Dice): Buffer {
  const length = dice.pick([0, 1, 2, 8, 125, 126, 400, MAX, MAX + 1]);
  const payload = Buffer.from(Array.from({ length }, () => dice.integer(0x20, 0x7e)));
  if (framing === "lines")
    return Buffer.concat([Buffer.from(dice.pick(["{", " ", "", "\r"])), payload, Buffer.from("\n")]);
  if (framing === "guide" || framing === "typed") {
    if (dice.chance(0.5)) return Buffer.concat([hex("4d43"), u32(length), payload]);
    return Buffer.concat([
      hex("4d43"),
      Buffer.from([dice.chance(0.02) ? 6 : dice.integer(1, 5)]),
      u32(length),
      payload,
    ]);
  }
  const magic = framing === "mcpb" ? "4d435042" : "4d435000";
  const padding = framing === "mcpb" ? "" : "00000000";
  const type = dice.chance(0.02) ? 8 : dice.integer(1, 7);
  return Buffer.concat([hex(`${magic}0001000${type}${padding}`), u32(length), payload]);
}

function randomStream(framing: string, dice: Dice): Buffer {
  const frames = Array.from({ length: dice.integer(1, 20) }, () => randomFrame(framing, dice));
  // Faults are rare enough for the frames behind them to be reached.
  if (dice.chance(0.2)) frames.push(Buffer.from(Array.from({ length: 40 }, () => dice.integer(0, 255))));
  const stream = Buffer.concat(frames);
  if (dice.chance(0.1)) stream[dice.integer(0, stream.length - 1)] = dice.integer(0, 255);
  return dice.chance(0.3) ? stream.subarray(0, dice.integer(1, stream.length)) : stream;
}

describe.each(FRAMINGS)("a reader of %s", (framing) => {
  it("says what a naive one says, however the stream is cut", () => {
    let frames = 0;
    let faults = 0;
    for (let seed = 0; seed < 300; seed++) {
      const dice = new Dice(seed);
      const stream = randomStream(framing, dice);
      const reader = readerOf(framing);
      const said: string[] = [];
      const longest = dice.pick([1, 3, 50, 2000, stream.length]);
      for (let at = 0; at < stream.length && said.at(-1) !== "fault";) {
        const length = dice.integer(1, longest);
        reader.push(stream.subarray(at, at + length));
        at += length;
        said.push(...drain(reader));
      }
      expect(said, `seed ${seed}`).toEqual(naive(framing, stream, said.at(-1) === "fault"));
      frames += said.length;
      faults += said.at(-1) === "fault" ? 1 : 0;
    }
    // The streams are worth reading.
    expect(frames).toBeGreaterThan(500);
    expect(faults).toBeGreaterThan(50);
    expect(faults).toBeLessThan(300);
  });

  it("reads 1,000 frames in one piece as it does in a thousand, and one frame in a thousand pieces", () => {
    const dice = new Dice(1);
    const payloads = Array.from({ length: 1000 }, () => `{"text":"${"x".repeat(dice.integer(0, 90))}"}`);
    const stream = Buffer.concat(payloads.map((payload) => frameOf(framing, payload)));
    const whole = readerOf(framing);
    whole.push(stream);
    expect(drain(whole)).toEqual(payloads.map((payload) => `message ${payload}`));
    const pieces = readerOf(framing);
    const said: string[] = [];
    for (let at = 0; at < stream.length; at += 61) {
      pieces.push(stream.subarray(at, at + 61));
      said.push(...drain(pieces));
    }
    expect(said).toEqual(payloads.map((payload) => `message ${payload}`));

    const large = `{"text":"${"y".repeat(999_000)}"}`;
    const dripped = readerOf(framing, 2_000_000);
    const bytes = frameOf(framing, large);
    for (let at = 0; at < bytes.length; at += 1000) {
      expect(drain(dripped)).toEqual([]);
      expect(dripped.inside).toBe(at > 0);
      dripped.push(bytes.subarray(at, at + 1000));
    }
    expect(drain(dripped)).toEqual([`message ${large}`]);
    expect(dripped.inside).toBe(false);
  });

  it("tells where the fault is", () => {
    const reader = readerOf(framing, 10);
    const first = frameOf(framing, "{}");
    reader.push(Buffer.concat([first, first, frameOf(framing, "{}         ")]));
    expect(drain(reader)).toEqual(["message {}", "message {}", "fault"]);
    expect(reader.place).toEqual({ frame: 3, byte: first.length * 2 });
    const fault = reader.next();
    expect(fault).toMatchObject({ problem: expect.stringContaining("11 bytes; at most 10"), foreign: false });
    expect(fault).toMatchObject({ hint: expect.stringContaining("gateway.connection.max_message_bytes") });
  });
});

function frameOf(framing: string, payload: string): Buffer {
  const codec = anyCodecOf(framing);
  if ("delimiter" in codec) return Buffer.from(`${payload}\n`);
  return Buffer.concat([codec.messageHeader(payload.length, "request") ?? Buffer.alloc(0), Buffer.from(payload)]);
}

describe("a limit", () => {
  it.each([
    ["guide", "4d43 00001389"],
    ["guide", "4d43 01 ffffffff"],
    ["typed", "4d43 01 00001389"],
    ["mcpb", "4d435042 0001 0001 00001389"],
    ["mcpb", "4d435042 0001 0001 ffffffff"],
    ["mcpb-padded", "4d435000 0001 0002 00000000 00001389"],
    ["guide", "4d43 02 0000007e"],
    ["guide", "4d43 03 0000007e"],
    ["mcpb", "4d435042 0001 0004 0000007e"],
    ["guide", "4d43 04 00010001"],
    ["guide", "4d43 05 00010001"],
    ["mcpb", "4d435042 0001 0007 00010001"],
    ["mcpb", "4d435042 0001 0003 00001389"],
  ])("of %s shows by the header alone, before a byte of the payload: %s", (framing, header) => {
    const reader = readerOf(framing);
    reader.push(hex(header).subarray(0, -1));
    expect(drain(reader)).toEqual([]);
    reader.push(hex(header).subarray(-1));
    expect(drain(reader)).toEqual(["fault"]);
  });

  it("of lines shows before their end", () => {
    const reader = readerOf("lines");
    reader.push(Buffer.from(`{${"x".repeat(MAX - 1)}`));
    expect(drain(reader)).toEqual([]);
    reader.push(Buffer.from("x"));
    expect(drain(reader)).toEqual(["fault"]);
  });

  it("of an empty message is that there is none", () => {
    const reader = readerOf("guide");
    reader.push(hex("4d43 00000000"));
    expect(reader.next()).toMatchObject({ problem: "an empty message" });
  });
});

it("a reader of lines looks at each byte once", () => {
  const search = vi.spyOn(ChunkList.prototype, "indexOf");
  try {
    const reader = readerOf("lines");
    for (let count = 0; count < 100; count++) {
      reader.push(Buffer.from("{123456789"));
      expect(reader.next()).toBeUndefined();
    }
    expect(search.mock.calls.map(([, from]) => from)).toEqual(Array.from({ length: 100 }, (_, index) => index * 10));
  } finally {
    search.mockRestore();
  }
});

describe("a codec of a plugin", () => {
  const one = { kind: "ignored", headerBytes: 1, payloadBytes: 0 } as const;

  it.each<[string, HeaderCodec["readHeader"], RegExp]>([
    [
      "throws",
      () => {
        throw new Error("boom\u001b");
      },
      /fails on \(boom\\u001b\)/,
    ],
    ["reads a header of no bytes", () => ({ ...one, headerBytes: 0 }), /0 bytes of header/],
    ["reads more header than there is", () => ({ ...one, headerBytes: 3 }), /3 bytes of header/],
    ["reads a negative payload", () => ({ ...one, payloadBytes: -5 }), /-5 of payload/],
    ["reads no number", () => ({ ...one, payloadBytes: Number.NaN }), /NaN of payload/],
  ])("that %s ends the connection, and nothing else", (_what, readHeader, problem) => {
    const codec = { longestHeader: 2, readHeader, messageHeader: () => undefined, controlHeader: () => undefined };
    const reader = createReader(codec, MAX);
    reader.push(hex("4d43"));
    expect(reader.next()).toMatchObject({
      problem: expect.stringMatching(problem),
      hint: expect.stringContaining("plugin"),
      foreign: false,
    });
    expect(reader.next()).toMatchObject({ foreign: false });
  });
});
