import { describe, expect, it } from "vitest";
import { hex } from "./fixtures/codecs.ts";
import { AGREED, dialTo, FACTS, openChannel } from "./fixtures/open-channel.ts";
import { RecordingSink } from "./fixtures/recording-sink.ts";
import { gateway, serverOf } from "./fixtures/servers.ts";

const MIB = 1024 * 1024;

/** An untyped frame. */
function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  const header = hex("4d43 00000000");
  header.writeUInt32BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}

function tick(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

describe("messages", () => {
  it.each([
    [undefined, undefined, "4d43 00000002 7b7d"],
    ["typed", undefined, "4d43 01 00000002 7b7d"],
    [undefined, "json-rpc", "7b7d 0a"],
    ["lines", "envelope", "7b7d 0a"],
    ["guide", "json-rpc", "4d43 00000002 7b7d"],
  ] as const)("leave in the frames of framing %s, wire %s", async (framing, wire, bytes) => {
    const { channel, peer } = await openChannel({ ...(framing && { framing }), ...(wire && { wire }) });
    expect(channel.send(Buffer.from("{}"), FACTS)).toBe("handed_over");
    expect(await peer.until(hex(bytes).length)).toEqual(hex(bytes));
  });

  it("tell mcpb gateways whether they are requests or answers", async () => {
    const { channel, peer } = await openChannel({ framing: "mcpb" }, await gateway((socket) => socket.write(AGREED)));
    const hello = 12 + 80;
    for (const kind of ["request", "response"] as const) channel.send(Buffer.from("{}"), { ...FACTS, kind });
    const received = await peer.until(hello + 28);
    expect(received.subarray(hello)).toEqual(hex("4d435042 0001 0001 00000002 7b7d  4d435042 0001 0002 00000002 7b7d"));
  });

  it("leave the caller's bytes as they were, and do not copy them", async () => {
    const { channel, peer } = await openChannel();
    const bytes = Buffer.from("unchanged".repeat(1000));
    channel.send(bytes, FACTS);
    expect((await peer.until(9006)).subarray(6)).toEqual(bytes);
    expect(bytes.toString()).toBe("unchanged".repeat(1000));
  });

  it("sent in one turn wait for its end, and leave in one piece", async () => {
    const { channel, peer } = await openChannel();
    for (let count = 0; count < 50; count++) channel.send(Buffer.from("message"), FACTS);
    expect(channel.bufferedBytes).toBe(50 * 13);
    await tick();
    expect(channel.bufferedBytes).toBe(0);
    await peer.until(50 * 13);
    expect(peer.reads).toHaveLength(1);
  });

  it("come in, many in one segment and one in many", async () => {
    const { sink, peer } = await openChannel();
    peer.socket.write(Buffer.concat([frame("one"), frame("ü€😀"), frame("three").subarray(0, 3)]));
    await sink.until("message", 2);
    const rest = frame("three").subarray(3);
    for (let at = 0; at < rest.length; at++) {
      const alive = sink.of("alive").length;
      peer.socket.write(rest.subarray(at, at + 1));
      if (at < rest.length - 1) await sink.until("alive", alive + 1);
    }
    await sink.until("message", 3);
    expect(sink.texts).toEqual(["one", "ü€😀", "three"]);
  });

  it("that came with the handshake arrive after the channel was handed out", async () => {
    const server = await gateway((socket) =>
      socket.write(Buffer.concat([AGREED, hex("4d435042 0001 0002 00000002 7b7d")])),
    );
    const { sink } = await openChannel({ framing: "mcpb" }, server);
    await sink.until("message");
    expect(sink.texts).toEqual(["{}"]);
    const early = new RecordingSink();
    const port = await serverOf((socket) => socket.write(frame("early")));
    await dialTo(`tcp://127.0.0.1:${port}`, early);
    expect(early.events).toEqual([]);
    await early.until("message");
  });

  it("of an mcpb gateway count whether it calls them requests or responses", async () => {
    const { sink, peer } = await openChannel({ framing: "mcpb" }, await gateway((socket) => socket.write(AGREED)));
    peer.socket.write(
      hex("4d435042 0001 0001 00000002 7b7d  4d435042 0001 0003 00000001 00  4d435042 0001 0002 00000002 5b5d"),
    );
    await sink.until("message", 2);
    expect(sink.texts).toEqual(["{}", "[]"]);
  });

  it("too large for the layout are not sent, and hurt nobody", async () => {
    const { channel, peer } = await openChannel({ connection: { maxMessageBytes: 64 * MIB } });
    expect(channel.send(Buffer.alloc(16 * MIB), FACTS)).toBe("too_large");
    channel.send(Buffer.from("{}"), FACTS);
    expect(await peer.until(8)).toEqual(frame("{}"));
  });

  it("of 16 MiB leave typed once the gateway has shown that it knows types", async () => {
    const { channel, sink, peer } = await openChannel();
    peer.socket.write(hex("4d43 03 00000000"));
    await sink.until("alive");
    expect(channel.send(Buffer.alloc(16 * MIB, "x"), FACTS)).toBe("handed_over");
    expect((await peer.until(7)).subarray(0, 7)).toEqual(hex("4d43 01 01000000"));
  });

  it("over max_message_bytes are not sent", async () => {
    const { channel } = await openChannel({ connection: { maxMessageBytes: 10 } });
    expect(channel.send(Buffer.from("x".repeat(10)), FACTS)).toBe("handed_over");
    expect(channel.send(Buffer.from("x".repeat(11)), FACTS)).toBe("too_large");
  });

  it("are not sent once the connection is closing", async () => {
    const { channel, sink } = await openChannel();
    channel.close("done");
    expect(channel.send(Buffer.from("late"), FACTS)).toBe("not_sent");
    expect(channel.writable).toBe(false);
    channel.terminate();
    await sink.until("closed");
    expect(channel.send(Buffer.from("later"), FACTS)).toBe("not_sent");
  });
});

describe("backpressure", () => {
  it("closes the channel for writing above 256 KiB, and one drain opens it again", async () => {
    const { channel, sink, peer } = await openChannel();
    peer.socket.pause();
    expect(channel.writable).toBe(true);
    const chunk = Buffer.alloc(MIB, "x");
    let sent = 0;
    for (; channel.writable; sent++) channel.send(chunk, FACTS);
    for (; sent < 32; sent++) channel.send(chunk, FACTS);
    await tick();
    expect(channel.bufferedBytes).toBeGreaterThan(256 * 1024);
    expect(sink.of("drain")).toEqual([]);
    peer.socket.resume();
    await sink.until("drain");
    expect(channel.writable).toBe(true);
    expect(channel.bufferedBytes).toBe(0);
    expect(await peer.until(sent * (MIB + 6))).toHaveLength(sent * (MIB + 6));
    expect(sink.of("drain")).toHaveLength(1);
  });

  it("stops reading while paused", async () => {
    const { channel, sink, peer } = await openChannel();
    channel.pause();
    const chunk = frame("x".repeat(MIB));
    for (let count = 0; count < 33; count++) peer.socket.write(chunk);
    // Each round trip is a chance to read a piece.
    for (let count = 1; count <= 50; count++) {
      channel.send(Buffer.from("{}"), FACTS);
      await peer.until(count * 8);
    }
    expect(sink.events).toEqual([]);
    channel.resume();
    await sink.until("message", 33);
  });

  it("keeps what a read brought along when the sink pauses in the middle of it", async () => {
    const sink = new RecordingSink();
    const { channel, peer } = await openChannel({}, undefined, sink);
    sink.onMessage = () => channel.pause();
    peer.socket.write(Buffer.concat([frame("1"), frame("2"), frame("3")]));
    await sink.until("message");
    await new Promise((resolve) => setImmediate(resolve));
    expect(sink.texts).toEqual(["1"]);
    channel.resume();
    expect(sink.texts).toEqual(["1"]);
    await sink.until("message", 2);
    expect(sink.texts).toEqual(["1", "2"]);
    sink.onMessage = () => {};
    channel.resume();
    await sink.until("message", 3);
    peer.socket.write(frame("4"));
    await sink.until("message", 4);
    expect(sink.texts).toEqual(["1", "2", "3", "4"]);
  });

  it("delivers what a read brought along before the end, paused or not", async () => {
    const sink = new RecordingSink();
    const { channel, peer } = await openChannel({}, undefined, sink);
    sink.onMessage = () => channel.pause();
    peer.socket.end(Buffer.concat([frame("1"), frame("2"), frame("3")]));
    await sink.until("closed");
    expect(sink.events.map(({ kind }) => kind)).toEqual(["message", "message", "message", "closed"]);
  });

  it("delivers nothing after the sink has cut the connection in the middle of a read", async () => {
    const sink = new RecordingSink();
    const { channel, peer } = await openChannel({}, undefined, sink);
    sink.onMessage = () => channel.terminate();
    peer.socket.write(Buffer.concat([frame("1"), frame("2"), frame("3")]));
    await sink.until("closed");
    expect(sink.events.map(({ kind }) => kind)).toEqual(["message", "closed"]);
  });

  it("goes on when the sink pauses and resumes at once", async () => {
    const sink = new RecordingSink();
    const { channel, peer } = await openChannel({}, undefined, sink);
    sink.onMessage = () => {
      channel.pause();
      channel.resume();
    };
    peer.socket.write(Buffer.concat([frame("1"), frame("2")]));
    peer.socket.write(frame("3"));
    await sink.until("message", 3);
    expect(sink.texts).toEqual(["1", "2", "3"]);
  });
});
