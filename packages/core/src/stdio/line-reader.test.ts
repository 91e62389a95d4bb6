import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineReader, type LineReaderOptions } from "./line-reader.ts";

fc.configureGlobal({ seed: 20261123 });

interface Oversize {
  readonly head: string;
  readonly length: number;
  readonly tail: string;
}

/** A reader that keeps what it was called with. */
function recording(options: LineReaderOptions = {}) {
  const lines: string[] = [];
  const oversize: Oversize[] = [];
  const invalid: Buffer[] = [];
  const reader = new LineReader(
    {
      line: (bytes) => lines.push(bytes.toString()),
      oversize: (head, length, tail) => oversize.push({ head: head.toString(), length, tail: tail.toString() }),
      invalid: (bytes) => invalid.push(bytes),
    },
    options,
  );
  return { reader, lines, oversize, invalid, push: (text: string) => reader.push(Buffer.from(text, "latin1")) };
}

describe("LineReader", () => {
  it("gives the same lines wherever the stream is cut, multi-byte characters included", () => {
    const stream = Buffer.from("\ufeffé😀\r\n\r\n  \nplain\n\t\r\n{}\r\nrest");
    for (let size = 1; size <= stream.length; size++) {
      const { reader, lines } = recording();
      for (let at = 0; at < stream.length; at += size) reader.push(stream.subarray(at, at + size));
      expect(lines).toEqual(["é😀", "plain", "{}"]);
      expect(reader.end()).toBe(4);
    }
  });

  it("gives the same lines and oversize lines as splitting the whole, for any cuts", () => {
    const text = fc.array(fc.constantFrom("a", "é", "😀", "\n", "\n", "\r", " ", "0123456789"), { maxLength: 60 });
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), (parts, sizes) => {
        const whole = parts.join("");
        const stream = Buffer.from(whole);
        const { reader, lines, oversize } = recording({ maxLineBytes: 16, headBytes: 4, tailBytes: 3 });
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          reader.push(stream.subarray(at, at + size));
          at += size;
        }
        const pieces = whole.split("\n");
        expect(reader.end()).toBe(Buffer.byteLength(pieces.pop() ?? ""));
        const small = pieces.filter((piece) => Buffer.byteLength(piece) <= 16).map((piece) => piece.replace(/\r$/, ""));
        expect(lines).toEqual(small.filter((piece) => piece.trim() !== ""));
        const large = pieces.map((piece) => Buffer.from(piece)).filter((piece) => piece.length > 16);
        expect(oversize).toEqual(
          large.map((piece) => ({
            head: piece.subarray(0, 4).toString(),
            length: piece.length,
            tail: piece.subarray(-3).toString(),
          })),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it("strips one carriage return and only at the end", () => {
    const { push, lines } = recording();
    push("a\rb\r\r\n");
    expect(lines).toEqual(["a\rb\r"]);
  });

  it("strips a byte order mark at the start of the stream and nowhere else", () => {
    const { reader, lines } = recording();
    reader.push(Buffer.from("\ufeffa\n\ufeffb\n"));
    expect(lines).toEqual(["a", "\ufeffb"]);
  });

  it("skips lines of white space", () => {
    const { push, lines } = recording();
    push("\n\r\n \t \n a \n");
    expect(lines).toEqual([" a "]);
  });

  it("passes on a NUL byte, which is the scanner's to refuse", () => {
    const { push, lines } = recording();
    push("a\0b\n");
    expect(lines).toEqual(["a\0b"]);
  });

  it.each(["\xff", "\xc0\xaf", "\x80", "\xe2\x82", "\xed\xa0\x80"])(
    "drops a line that is not UTF-8 (%j), and goes on",
    (bad) => {
      const { push, lines, invalid } = recording();
      push(`x${bad}\nnext\n`);
      expect(lines).toEqual(["next"]);
      expect(invalid.map((bytes) => bytes.toString("latin1"))).toEqual([`x${bad}`]);
    },
  );

  it("accepts a line of exactly the limit", () => {
    const { push, lines, oversize } = recording({ maxLineBytes: 10 });
    push("0123456789\n");
    push("01234");
    push("56789\n");
    expect(lines).toEqual(["0123456789", "0123456789"]);
    expect(oversize).toEqual([]);
  });

  it("skips a line over the limit, keeps its head and tail, and serves the next", () => {
    const { push, lines, oversize } = recording({ maxLineBytes: 10, headBytes: 4, tailBytes: 5 });
    push("01234567890abcdef\nnext\n");
    push("0123");
    push("456789ABC");
    push("DEFGH\nlast\n");
    expect(lines).toEqual(["next", "last"]);
    expect(oversize).toEqual([
      { head: "0123", length: 17, tail: "bcdef" },
      { head: "0123", length: 18, tail: "DEFGH" },
    ]);
  });

  it("does not call an oversize line that never ends", () => {
    const { push, reader, oversize } = recording({ maxLineBytes: 10 });
    push("0123456789abc");
    push("def");
    expect(reader.end()).toBe(16);
    expect(oversize).toEqual([]);
  });

  it("reads a long line that comes byte by byte in linear time", () => {
    const { reader, lines } = recording();
    const byte = Buffer.from("x");
    for (let count = 0; count < 200_000; count++) reader.push(byte);
    reader.push(Buffer.from("\n"));
    expect(lines.map((line) => line.length)).toEqual([200_000]);
  });

  it("does not store a 64 MiB line", () => {
    const { reader, lines, oversize } = recording();
    const chunk = Buffer.alloc(64 * 1024, "y");
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 1024; count++) reader.push(chunk);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
    reader.push(Buffer.from("\nnext\n"));
    expect(lines).toEqual(["next"]);
    expect(oversize.map(({ head, length, tail }) => [head.length, length, tail.length])).toEqual([
      [65536, 67108864, 4096],
    ]);
  });

  it("hands a line within one chunk on without copying it", () => {
    const seen: Buffer[] = [];
    const reader = new LineReader({ line: (bytes) => seen.push(bytes), oversize: () => undefined });
    const chunk = Buffer.from("first\nsecond\n");
    reader.push(chunk);
    expect(seen.every((bytes) => bytes.buffer === chunk.buffer)).toBe(true);
  });
});
