import { createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { LineWriter } from "./line-writer.ts";

/** A stream that keeps each write and finishes it when told to. */
function heldStream(highWaterMark = 1024) {
  const writes: string[] = [];
  const finish: ((error?: Error) => void)[] = [];
  const stream = new Writable({
    highWaterMark,
    write(chunk: Buffer, _encoding, done) {
      writes.push(chunk.toString());
      finish.push(done);
    },
    writev(chunks, done) {
      writes.push(chunks.map(({ chunk }) => String(chunk)).join(""));
      finish.push(done);
    },
  });
  return { stream, writes, finish: (error?: Error) => finish.shift()?.(error) };
}

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("LineWriter", () => {
  it("writes everything from one tick at once, in order", async () => {
    const { stream, writes } = heldStream();
    const writer = new LineWriter(stream);
    writer.write(Buffer.from("a"));
    writer.write(Buffer.from("b"));
    expect(writes).toEqual([]);
    expect(writer.bufferedBytes).toBe(4);
    await tick();
    expect(writes).toEqual(["a\nb\n"]);
  });

  it("writes long lines and bursts whole and in order", async () => {
    const chunks: Buffer[] = [];
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk);
        done();
      },
    });
    const writer = new LineWriter(stream);
    const sizes = [
      10,
      20_000,
      5,
      5,
      16_384,
      16_385,
      0,
      1_000_000,
      ...Array.from({ length: 500 }, (_, index) => index * 3),
    ];
    const lines = sizes.map((size, index) => Buffer.alloc(size, 97 + (index % 26)));
    for (const line of lines) writer.write(line);
    await writer.flush();
    expect(Buffer.concat(chunks).equals(Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")])))).toBe(true);
    expect(chunks.length).toBeLessThan(40);
  });

  it("says when the stream is full and when it has room again", async () => {
    const { stream, finish } = heldStream(8);
    const writer = new LineWriter(stream);
    let drained = 0;
    const undo = writer.onDrain(() => drained++);
    writer.write(Buffer.from("0123456789"));
    await tick();
    expect(writer.needsDrain).toBe(true);
    expect(writer.bufferedBytes).toBe(11);
    finish();
    await tick();
    expect([writer.needsDrain, drained, writer.bufferedBytes]).toEqual([false, 1, 0]);
    undo();
    writer.write(Buffer.from("0123456789"));
    await tick();
    finish();
    await tick();
    expect(drained).toBe(1);
  });

  it("flushes what was written before, and does not wait for what comes later", async () => {
    const { stream, finish, writes } = heldStream();
    const writer = new LineWriter(stream);
    let flushed = false;
    writer.write(Buffer.from("a"));
    const first = writer.flush().then(() => (flushed = true));
    writer.write(Buffer.from("b"));
    await tick();
    expect([flushed, writes]).toEqual([false, ["a\n"]]);
    finish();
    await first;
    expect(writes).toEqual(["a\n", "b\n"]);
    await tick();
    finish();
    await writer.flush();
  });

  it("has nothing to flush before the first line", async () => {
    await new LineWriter(heldStream().stream).flush();
  });

  it("reports a failure once, lets flush go, and drops what comes after", async () => {
    const { stream, finish, writes } = heldStream();
    const writer = new LineWriter(stream);
    const errors: string[] = [];
    writer.onError((error) => errors.push(error.message));
    writer.write(Buffer.from("a"));
    const flushed = writer.flush();
    finish(new Error("EPIPE"));
    await flushed;
    await tick();
    writer.write(Buffer.from("b"));
    await tick();
    await writer.flush();
    expect(errors).toEqual(["EPIPE"]);
    expect(writes).toEqual(["a\n"]);
    expect(writer.bufferedBytes).toBe(0);
  });

  it("lets flush go when the stream is destroyed without an error", async () => {
    const { stream } = heldStream();
    const writer = new LineWriter(stream);
    writer.write(Buffer.from("a"));
    const flushed = writer.flush();
    stream.destroy();
    await flushed;
  });

  it("closes after its last line, leaves the stream open, and takes no more", async () => {
    const { stream, finish, writes } = heldStream();
    const writer = new LineWriter(stream);
    writer.write(Buffer.from("a"));
    const closed = writer.close();
    writer.write(Buffer.from("b"));
    finish();
    await closed;
    expect(writes).toEqual(["a\n"]);
    expect(stream.writableEnded).toBe(false);
    expect(() => stream.emit("error", new Error("late"))).not.toThrow();
  });

  it("writes to a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "line-writer-"));
    const path = join(folder, "out");
    const stream = createWriteStream(path);
    const writer = new LineWriter(stream);
    writer.write(Buffer.from("a"));
    writer.write(Buffer.alloc(100_000, "b"));
    await writer.flush();
    expect(readFileSync(path, "latin1")).toBe(`a\n${"b".repeat(100_000)}\n`);
    await new Promise<void>((resolve) => stream.end(resolve));
    rmSync(folder, { recursive: true });
  });
});
