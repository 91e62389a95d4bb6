import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { startProxiedPair } from "../testing/proxied-pair.ts";
import type { Portion } from "./frame-splitter.ts";
import { type TcpFrame, tcpFrames, type TcpFramesOptions } from "./tcp-frames.ts";

type Framing = TcpFramesOptions["framing"];

interface Written {
  readonly type: number;
  readonly payload: Buffer;
}

function number(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt(value));
  return buffer.subarray(8 - bytes);
}

/** The frame as the layout writes it. */
function encode(framing: Framing, { type, payload }: Written): Buffer {
  const length = number(payload.length, 4);
  if (framing === "lines") return Buffer.concat([payload, Buffer.from("\n")]);
  if (framing === "mcpb") {
    return Buffer.concat([Buffer.from("MCPB"), number(1, 2), number(type, 2), length, payload]);
  }
  if (framing === "mcpb-padded") {
    return Buffer.concat([Buffer.from("MCP\0"), number(1, 2), number(type, 2), number(0, 4), length, payload]);
  }
  return Buffer.concat([Buffer.from("MC"), number(type, type === 0 ? 0 : 1), length, payload]);
}

/** Pushes the bytes in pieces that end at these places. */
function split(
  framing: Framing,
  bytes: Buffer,
  ends: readonly number[],
  maxFrameBytes?: number,
): readonly Portion<TcpFrame>[] {
  const splitter = tcpFrames({ framing, ...(maxFrameBytes !== undefined && { maxFrameBytes }) })("upstream");
  const places = [0, ...ends.toSorted((one, other) => one - other), bytes.length];
  const portions = places.slice(1).flatMap((end, place) => splitter.push(bytes.subarray(places[place], end)));
  return [...portions, { bytes: splitter.rest() }];
}

function frames(portions: readonly Portion<TcpFrame>[]): readonly TcpFrame[] {
  return portions.flatMap(({ frame }) => (frame === undefined ? [] : [frame]));
}

function joined(portions: readonly Portion<TcpFrame>[]): Buffer {
  return Buffer.concat(portions.map(({ bytes }) => bytes));
}

const TYPES: Readonly<Record<Framing, readonly number[]>> = {
  guide: [0, 1, 2, 3, 4, 5],
  typed: [0, 1, 2, 3, 4, 5],
  mcpb: [1, 2, 3, 4, 5, 6, 7],
  "mcpb-padded": [1, 2, 3, 4, 5, 6, 7],
  lines: [0],
};
const FRAMINGS = ["guide", "typed", "mcpb", "mcpb-padded", "lines"] as const;

const payload = fc.oneof(
  // Line breaks are what lines cannot carry.
  { weight: 6, arbitrary: fc.uint8Array({ maxLength: 200, min: 32 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.constantFrom(255, 256, 70_000).map((length) => Buffer.alloc(length, 77)) },
);

describe.each(FRAMINGS)("%s", (framing) => {
  it("every frame is found, however the stream is cut, and nothing is lost", () => {
    const written = fc.record({ type: fc.constantFrom(...TYPES[framing]), payload });
    fc.assert(
      fc.property(
        fc.array(written, { maxLength: 8 }),
        fc.array(fc.nat(2000), { maxLength: 20 }),
        fc.nat(40),
        (all, cuts, missing) => {
          const encoded = all.map((each) => encode(framing, each));
          const bytes = Buffer.concat(encoded);
          const given = bytes.subarray(0, Math.max(0, bytes.length - missing));
          const portions = split(
            framing,
            given,
            cuts.map((cut) => Math.min(cut, given.length)),
          );
          expect(joined(portions).equals(given)).toBe(true);
          let end = 0;
          const whole = all.filter((_, place) => (end += encoded[place]?.length ?? 0) <= given.length);
          const seen = frames(portions);
          expect(seen.map(({ type }) => type)).toEqual(whole.map(({ type }) => type));
          // A comparison of large buffers member by member takes seconds.
          expect(seen.every(({ payload }, place) => whole[place]?.payload.equals(payload))).toBe(true);
          expect(seen.every(({ bytes }, place) => encoded[place]?.equals(bytes))).toBe(true);
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });

  it("byte by byte gives the same frames as all at once", () => {
    const bytes = Buffer.concat(TYPES[framing].map((type) => encode(framing, { type, payload: Buffer.from("hello") })));
    const everywhere = Array.from({ length: bytes.length }, (_, place) => place);
    expect(frames(split(framing, bytes, everywhere))).toEqual(frames(split(framing, bytes, [])));
    expect(frames(split(framing, bytes, [])).map(({ payload }) => payload.toString())).toEqual(
      TYPES[framing].map(() => "hello"),
    );
  });

  it("a frame that is longer than may be gathered passes, and those after it are seen again", () => {
    const [type = 0] = TYPES[framing];
    const long = encode(framing, { type, payload: Buffer.alloc(1000, 77) });
    const short = encode(framing, { type, payload: Buffer.from("seen") });
    const bytes = Buffer.concat([short, long, short]);
    for (const cuts of [[], [200, 300, 900], [short.length + long.length - 1]]) {
      const portions = split(framing, bytes, cuts, 500);
      expect(joined(portions).equals(bytes)).toBe(true);
      expect(frames(portions).map(({ payload }) => payload.toString())).toEqual(["seen", "seen"]);
    }
  });
});

describe("what is no frame passes untouched, with what follows it", () => {
  it.each<[string, Framing, string]>([
    ["another protocol", "guide", "GET / HTTP/1.1\r\n\r\n"],
    ["the magic alone, then something else", "guide", "MX"],
    ["an unknown type", "guide", "MC\x06\0\0\0\0"],
    ["another layout", "guide", "MCPB\0\x01\0\x01\0\0\0\0"],
    ["another layout", "mcpb", "MCP\0\0\x01\0\x01\0\0\0\0\0\0\0\0"],
    ["another layout", "mcpb-padded", "MC\0\0\0\0"],
    ["TLS", "mcpb", "\x16\x03\x01\x02\0"],
  ])("%s, for %s", (_name, framing, garbage) => {
    const [type = 0] = TYPES[framing];
    const good = encode(framing, { type, payload: Buffer.from("seen") });
    const bytes = Buffer.concat([good, Buffer.from(garbage, "latin1"), good]);
    for (const cuts of [[], [good.length + 1, good.length + 3]]) {
      const portions = split(framing, bytes, cuts);
      expect(joined(portions).equals(bytes)).toBe(true);
      expect(frames(portions).map(({ payload }) => payload.toString())).toEqual(["seen"]);
    }
  });

  it("at once: nothing waits for what would complete a head", () => {
    expect(tcpFrames({ framing: "mcpb" })("upstream").push(Buffer.from("G"))).toEqual([{ bytes: Buffer.from("G") }]);
  });
});

it("the line break of a line is no part of its payload, be it LF or CR LF", () => {
  const portions = split("lines", Buffer.from("one\r\n\ntwo\n"), []);
  expect(frames(portions).map(({ payload }) => payload.toString())).toEqual(["one", "", "two"]);
});

it("the proxy strikes single frames", async () => {
  const { proxy, open } = await startProxiedPair({ frames: tcpFrames({ framing: "guide" }) });
  const isPing = ({ type }: TcpFrame): boolean => type === 2;
  const fault = proxy.onFrame({ stream: "upstream", matches: isPing, do: "drop", times: 2 });
  const { client, target } = await open();
  const data = encode("guide", { type: 0, payload: Buffer.from("data") });
  const ping = encode("guide", { type: 2, payload: Buffer.alloc(8) });
  client.write(Buffer.concat([ping, data, ping, data]));
  await target.got(2 * data.length);
  expect(target.received).toEqual(Buffer.concat([data, data]));
  expect(fault.struck).toHaveLength(2);
});
