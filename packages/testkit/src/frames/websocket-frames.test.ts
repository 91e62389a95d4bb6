import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Portion } from "./frame-splitter.ts";
import { type WebSocketFrame, webSocketFrames } from "./websocket-frames.ts";

const REQUEST = Buffer.from("GET /mcp HTTP/1.1\r\nUpgrade: websocket\r\n\r\n");
const SWITCHING = Buffer.from("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");

interface Written {
  readonly opcode: number;
  readonly fin: boolean;
  readonly payload: Buffer;
  readonly mask: Buffer | undefined;
}

/** The frame as RFC 6455 writes it. */
function encode({ opcode, fin, payload, mask }: Written): Buffer {
  const head = [opcode | (fin ? 0x80 : 0)];
  const bit = mask === undefined ? 0 : 0x80;
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(payload.length));
  if (payload.length < 126) head.push(payload.length | bit);
  else if (payload.length < 65_536) head.push(126 | bit, ...length.subarray(6));
  else head.push(127 | bit, ...length);
  const body = mask === undefined ? payload : payload.map((byte, place) => byte ^ (mask[place % 4] ?? 0));
  return Buffer.concat([Buffer.from(head), mask ?? Buffer.alloc(0), body]);
}

/** Pushes the bytes in pieces that end at these places. */
function split(bytes: Buffer, ends: readonly number[], maxFrameBytes?: number): readonly Portion<WebSocketFrame>[] {
  const splitter = webSocketFrames(maxFrameBytes === undefined ? {} : { maxFrameBytes })("upstream");
  const places = [0, ...ends.toSorted((one, other) => one - other), bytes.length];
  const portions = places.slice(1).flatMap((end, place) => splitter.push(bytes.subarray(places[place], end)));
  return [...portions, { bytes: splitter.rest() }];
}

function frames(portions: readonly Portion<WebSocketFrame>[]): readonly WebSocketFrame[] {
  return portions.flatMap(({ frame }) => (frame === undefined ? [] : [frame]));
}

function joined(portions: readonly Portion<WebSocketFrame>[]): Buffer {
  return Buffer.concat(portions.map(({ bytes }) => bytes));
}

const buffer = (constraints: fc.IntArrayConstraints): fc.Arbitrary<Buffer> =>
  fc.uint8Array(constraints).map((bytes) => Buffer.from(bytes));

const payload = fc.oneof(
  { weight: 6, arbitrary: buffer({ maxLength: 200 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(125, 126, 127, 65_535, 65_536, 70_000).map((length) => Buffer.alloc(length, 7)),
  },
);
const written: fc.Arbitrary<Written> = fc.record({
  opcode: fc.constantFrom(0, 1, 2, 8, 9, 10),
  fin: fc.boolean(),
  payload,
  mask: fc.option(buffer({ minLength: 4, maxLength: 4 }), { nil: undefined }),
});

it("the frames are those that were written, however the stream is cut", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(REQUEST, SWITCHING),
      fc.array(written, { maxLength: 8 }),
      fc.array(fc.nat({ max: 2000 }), { maxLength: 40 }),
      fc.nat({ max: 12 }),
      (head, all, cuts, missing) => {
        const encoded = all.map(encode);
        const bytes = Buffer.concat([head, ...encoded]);
        const given = bytes.subarray(0, Math.max(head.length, bytes.length - missing));
        const portions = split(
          given,
          cuts.map((cut) => Math.min(cut, given.length)),
        );
        expect(joined(portions).equals(given)).toBe(true);
        let end = head.length;
        const whole = all.filter((_, place) => (end += encoded[place]?.length ?? 0) <= given.length);
        const seen = frames(portions);
        expect(seen.map(({ opcode, fin }) => [opcode, fin])).toEqual(whole.map(({ opcode, fin }) => [opcode, fin]));
        // A comparison of large buffers member by member takes seconds.
        expect(seen.every(({ payload }, place) => whole[place]?.payload.equals(payload))).toBe(true);
        expect(seen.every(({ bytes }, place) => encoded[place]?.equals(bytes))).toBe(true);
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

it("byte by byte gives the same frames as all at once", () => {
  const text = encode({ opcode: 1, fin: true, payload: Buffer.from("hello"), mask: Buffer.from([1, 2, 3, 4]) });
  const ping = encode({ opcode: 9, fin: true, payload: Buffer.alloc(0), mask: undefined });
  const bytes = Buffer.concat([REQUEST, text, ping, text]);
  const everywhere = Array.from({ length: bytes.length }, (_, place) => place);
  expect(frames(split(bytes, everywhere))).toEqual(frames(split(bytes, [])));
  expect(frames(split(bytes, [])).map(({ payload }) => payload.toString())).toEqual(["hello", "", "hello"]);
});

describe("what is no frame passes untouched", () => {
  it.each([
    ["an upgrade that is refused, with what follows", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n\x81\x00"],
    ["another protocol without a line break", "\x00".repeat(70_000)],
    ["a head that never ends", "GET / HTTP/1.1\r\nX: 1"],
  ])("%s", (_name, text) => {
    const bytes = Buffer.from(text, "latin1");
    const portions = split(bytes, [1, 20]);
    expect(frames(portions)).toEqual([]);
    expect(joined(portions).equals(bytes)).toBe(true);
  });

  it("a frame that is longer than may be gathered, and those after it are seen again", () => {
    const long = encode({ opcode: 2, fin: true, payload: Buffer.alloc(1000, 1), mask: undefined });
    const short = encode({ opcode: 1, fin: true, payload: Buffer.from("seen"), mask: undefined });
    const bytes = Buffer.concat([SWITCHING, short, long, short]);
    const portions = split(bytes, [200, 300, 1000], 500);
    expect(joined(portions).equals(bytes)).toBe(true);
    expect(frames(portions).map(({ payload }) => payload.toString())).toEqual(["seen", "seen"]);
  });
});
