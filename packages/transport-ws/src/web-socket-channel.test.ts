import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { FACTS, openChannel } from "./fixtures/open-channel.ts";
import { openRaw } from "./fixtures/raw-gateway.ts";
import { gateway } from "./fixtures/servers.ts";

const MIB = 1024 * 1024;

describe("messages", () => {
  it("go out as one text frame each, byte for byte", async () => {
    const { channel, peer } = await openChannel();
    const kinds: boolean[] = [];
    peer.webSocket.on("message", (_data, isBinary) => kinds.push(isBinary));
    const texts = ['{"id":9007199254740993}', "ü€😀", "", "x".repeat(70_000)];
    for (const text of texts) expect(channel.send(Buffer.from(text), FACTS)).toBe("handed_over");
    const received = await peer.messages(texts.length);
    expect(received.map((bytes) => bytes.toString("utf8"))).toEqual(texts);
    expect(kinds).toEqual([false, false, false, false]);
  });

  it("leave the caller's bytes as they were", async () => {
    const { channel, peer } = await openChannel();
    const bytes = Buffer.from("unchanged".repeat(100));
    channel.send(bytes, FACTS);
    await peer.messages(1);
    expect(bytes.toString("utf8")).toBe("unchanged".repeat(100));
  });

  it("come in as buffers, text and binary alike", async () => {
    const { sink, peer } = await openChannel();
    peer.webSocket.send("text ü");
    peer.webSocket.send(Buffer.from("binary ü"), { binary: true });
    await sink.until("message", 2);
    expect(sink.texts).toEqual(["text ü", "binary ü"]);
    expect(sink.of("message").every(({ bytes }) => Buffer.isBuffer(bytes))).toBe(true);
  });

  it("that came with the answer to the upgrade arrive after the channel was handed out", async () => {
    const { sink } = await openRaw((socket) => socket.write(Buffer.from([0x81, 2, 0x7b, 0x7d])));
    expect(sink.events).toEqual([]);
    await sink.until("message");
    expect(sink.texts).toEqual(["{}"]);
  });

  it("sent in one turn wait for its end, and leave together", async () => {
    const { channel, peer } = await openChannel();
    const bytes = Buffer.from("message");
    for (let count = 0; count < 50; count++) channel.send(bytes, FACTS);
    // Each frame has a head of 6 bytes. A socket without a batch would have handed them to the kernel already.
    expect(channel.bufferedBytes).toBe(50 * (bytes.length + 6));
    await new Promise<void>((resolve) => process.nextTick(resolve));
    expect(channel.bufferedBytes).toBe(0);
    expect(await peer.messages(50)).toHaveLength(50);
  });

  it("are not sent once the connection is closing", async () => {
    const { channel, sink } = await openChannel();
    channel.close("done");
    expect(channel.send(Buffer.from("late"), FACTS)).toBe("not_sent");
    expect(channel.writable).toBe(false);
    await sink.until("closed");
    expect(channel.send(Buffer.from("later"), FACTS)).toBe("not_sent");
  });

  it("sent before a close still arrive", async () => {
    const { channel, peer } = await openChannel();
    channel.send(Buffer.from("last words"), FACTS);
    channel.close("done");
    const [code, reason] = await once(peer.webSocket, "close");
    expect(peer.received.map(String)).toEqual(["last words"]);
    expect([code, String(reason)]).toEqual([1001, "done"]);
  });
});

describe("fragments", () => {
  it("cut a message into frames of at most max_frame_bytes, in the middle of a character too", async () => {
    const { channel, peer } = await openChannel(
      { connection: { maxFrameBytes: 5 } },
      await gateway({ maxFragments: 4 }),
    );
    const text = "😀😀😀😀";
    channel.send(Buffer.from(text), FACTS);
    channel.send(Buffer.from("short"), FACTS);
    expect((await peer.messages(2)).map(String)).toEqual([text, "short"]);
  });

  it("are counted by the gateway: a message of more frames than it takes is refused", async () => {
    const { channel, sink } = await openChannel(
      { connection: { maxFrameBytes: 5 } },
      await gateway({ maxFragments: 4 }),
    );
    channel.send(Buffer.from("x".repeat(21)), FACTS);
    expect((await sink.until("closed")).end.code).toBe(1008);
  });

  it("of the gateway are joined", async () => {
    const { sink, peer } = await openChannel();
    for (const [index, part] of ["one ", "two ", "three"].entries()) peer.webSocket.send(part, { fin: index === 2 });
    await sink.until("message");
    expect(sink.texts).toEqual(["one two three"]);
  });
});

describe("backpressure", () => {
  it("closes the channel for writing above 1 MiB, and one drain opens it again", async () => {
    const { channel, sink, peer } = await openChannel();
    peer.webSocket.pause();
    expect(channel.writable).toBe(true);
    const chunk = Buffer.alloc(MIB, "x");
    let sent = 0;
    for (; channel.writable; sent++) channel.send(chunk, FACTS);
    expect(channel.bufferedBytes).toBeGreaterThan(MIB);
    for (; sent < 32; sent++) channel.send(chunk, FACTS);
    expect(sink.of("drain")).toEqual([]);
    peer.webSocket.resume();
    await sink.until("drain");
    expect(channel.writable).toBe(true);
    expect(channel.bufferedBytes).toBeLessThanOrEqual(256 * 1024);
    expect(await peer.messages(sent)).toHaveLength(sent);
    expect(sink.of("drain")).toHaveLength(1);
  });

  it("stops reading while paused", async () => {
    const { channel, sink, peer } = await openChannel();
    channel.pause();
    const total = 64;
    const chunk = "x".repeat(MIB);
    for (let count = 0; count < total; count++) peer.webSocket.send(chunk);
    // The gateway learns that its ping arrived only when its messages, which stand before it, were read.
    let answered = false;
    peer.webSocket.once("pong", () => {
      answered = true;
    });
    peer.webSocket.ping();
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(sink.of("message").length).toBeLessThanOrEqual(1);
    expect(answered).toBe(false);
    channel.resume();
    await sink.until("message", total);
    expect(sink.of("message").every(({ bytes }) => bytes.length === MIB)).toBe(true);
  });

  it("stays paused when it was paused before the first byte", async () => {
    const { channel, sink } = await openRaw((socket) => socket.write(Buffer.from([0x81, 2, 0x7b, 0x7d])));
    channel.pause();
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(sink.events).toEqual([]);
    channel.resume();
    await sink.until("message");
  });
});

describe("signs of life", () => {
  it("a ping is answered with a pong, which shows", async () => {
    const { channel, sink, peer } = await openChannel();
    const pinged = once(peer.webSocket, "ping");
    channel.ping?.();
    await pinged;
    await sink.until("alive");
    expect(sink.events).toEqual([{ kind: "alive" }]);
  });

  it("a ping of the gateway shows and is answered", async () => {
    const { sink, peer } = await openChannel();
    const answered = once(peer.webSocket, "pong");
    peer.webSocket.ping("are you there");
    const [data] = await answered;
    expect(String(data)).toBe("are you there");
    expect(sink.events).toEqual([{ kind: "alive" }]);
  });

  it("the pieces of a large message show before it is complete", async () => {
    let gatewaySide: Socket | undefined;
    const { sink } = await openRaw((socket) => {
      gatewaySide = socket;
      socket.write(Buffer.from([0x81, 126, 0, 200]));
    });
    await sink.until("alive");
    gatewaySide?.write("x".repeat(100));
    await sink.until("alive", 2);
    expect(sink.of("message")).toEqual([]);
    gatewaySide?.write("x".repeat(100));
    await sink.until("message");
    expect(sink.of("alive")).toHaveLength(2);
  });

  it("small messages do not show twice", async () => {
    const { sink, peer } = await openChannel();
    for (let count = 0; count < 20; count++) peer.webSocket.send(`message ${count}`);
    await sink.until("message", 20);
    expect(sink.of("alive")).toEqual([]);
  });
});
