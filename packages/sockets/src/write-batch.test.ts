import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { WriteBatch } from "./write-batch.ts";

/** A stream that records how many pieces each write to the system holds. */
function recordingStream() {
  const writes: number[] = [];
  const stream = new Writable({
    write(_chunk, _encoding, done) {
      writes.push(1);
      done();
    },
    writev(chunks, done) {
      writes.push(chunks.length);
      done();
    },
  });
  return { stream, writes };
}

const nextTick = () => new Promise<void>((resolve) => process.nextTick(resolve));

describe("a write batch", () => {
  it("joins the writes of one turn, and starts afresh in the next", async () => {
    const { stream, writes } = recordingStream();
    const batch = new WriteBatch(stream);
    for (let count = 0; count < 3; count++) {
      batch.begin();
      stream.write("x");
    }
    expect(writes).toEqual([]);
    await nextTick();
    expect(writes).toEqual([3]);
    batch.begin();
    stream.write("x");
    await nextTick();
    expect(writes).toEqual([3, 1]);
  });

  it("does not hold up the end of the stream", async () => {
    const { stream, writes } = recordingStream();
    const batch = new WriteBatch(stream);
    batch.begin();
    stream.write("x");
    stream.end("y");
    await nextTick();
    expect(writes).toEqual([2]);
    expect(stream.writableFinished).toBe(true);
  });
});
