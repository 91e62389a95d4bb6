import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { FACTS, type Opened, openChannel } from "./fixtures/open-channel.ts";
import { openRaw } from "./fixtures/raw-gateway.ts";

describe("the end of a channel", () => {
  async function endOf(act: (opened: Opened) => void) {
    const opened = await openChannel();
    act(opened);
    const { end } = await opened.sink.until("closed");
    // Whatever else could follow has followed when the gateway's side has gone too.
    if (opened.peer.webSocket.readyState !== opened.peer.webSocket.CLOSED) await once(opened.peer.webSocket, "close");
    expect(opened.sink.of("closed")).toHaveLength(1);
    expect(opened.sink.events.at(-1)?.kind).toBe("closed");
    return end;
  }

  it("by the gateway tells code and reason, and a plain close is no error", async () => {
    expect(await endOf(({ peer }) => peer.webSocket.close(1001, "restarting"))).toEqual({
      code: 1001,
      reason: "restarting",
    });
    expect(await endOf(({ peer }) => peer.webSocket.close())).toEqual({ code: 1005, reason: "" });
  });

  it.each([
    [1008, "unauthorized"],
    [1009, "protocol"],
    [1011, "unavailable"],
    [1013, "rate_limited"],
    [4401, "unauthorized"],
    [4403, "forbidden"],
    [4429, "rate_limited"],
  ])("by a gateway that reports a fault with %i is an error that another dial may mend: %s", async (code, reason) => {
    const end = await endOf(({ peer }) => peer.webSocket.close(code, "because"));
    expect(end).toMatchObject({ code, reason: "because", error: { reason, permanent: false } });
    expect(end.error?.message).toContain(`code ${code}: because`);
  });

  it("keeps escapes in the gateway's reason away from terminals", async () => {
    const end = await endOf(({ peer }) => peer.webSocket.close(4000, "\u001b[2Jgone\u202e"));
    expect(end.reason).toBe("\\u001b[2Jgone\\u202e");
  });

  it("by us is orderly, and its reason is cut to what a close frame holds", async () => {
    const opened = await openChannel();
    const gone = once(opened.peer.webSocket, "close");
    opened.channel.close("ü".repeat(100));
    const [code, reason] = await gone;
    expect([code, String(reason)]).toEqual([1001, "ü".repeat(61)]);
    const { end } = await opened.sink.until("closed");
    expect(end).toMatchObject({ code: 1001 });
    expect(end.error).toBeUndefined();
  });

  it("by us comes after a deadline when the gateway does not answer the close", async () => {
    const { channel, sink } = await openRaw(() => {});
    const before = performance.now();
    channel.close("done");
    const { end } = await sink.until("closed");
    expect(performance.now() - before).toBeLessThan(5000);
    expect(end).toEqual({
      code: 1006,
      reason: expect.stringContaining("did not answer the close"),
    });
  });

  it("by cutting it is prompt and no error", async () => {
    expect(await endOf(({ channel }) => channel.terminate())).toEqual({
      code: 1006,
      reason: "terminated",
    });
  });

  it("is reported once, however often it is asked for", async () => {
    const end = await endOf(({ channel, peer }) => {
      channel.close("one");
      channel.close("two");
      peer.webSocket.terminate();
      channel.terminate();
      channel.terminate();
    });
    expect(end.code).toBe(1006);
  });

  it("without a close frame is an error", async () => {
    const end = await endOf(({ peer }) => peer.webSocket.terminate());
    expect(end).toMatchObject({ code: 1006, error: { reason: "unreachable", permanent: false } });
    const { sink } = await openRaw((socket) => socket.end());
    expect((await sink.until("closed")).end).toMatchObject({
      code: 1006,
      reason: "connection lost: it ended without a close frame",
    });
  });

  it("by a reset names it", async () => {
    let gatewaySide: Socket | undefined;
    const { channel, sink } = await openRaw((socket) => {
      gatewaySide = socket.pause();
    });
    channel.send(Buffer.alloc(8 * 1024 * 1024, "x"), FACTS);
    await new Promise((resolve) => setImmediate(resolve));
    // A socket destroyed with unread bytes is reset by the kernel.
    gatewaySide?.destroy();
    const { end } = await sink.until("closed");
    expect(end.code).toBe(1006);
    expect(end.reason).toMatch(/^connection lost: (ECONNRESET|EPIPE)$/);
    expect(end.error).toMatchObject({ reason: "unreachable", permanent: false });
  });
});

describe("a gateway that breaks the rules", () => {
  it("loses the connection with 1009 by a message over the limit", async () => {
    const { sink, peer } = await openChannel({ connection: { maxMessageBytes: 1000 } });
    const gone = once(peer.webSocket, "close");
    peer.webSocket.send("x".repeat(1000));
    peer.webSocket.send("x".repeat(1001));
    peer.webSocket.send("after");
    const { end } = await sink.until("closed");
    expect(end).toMatchObject({ code: 1009, error: { reason: "protocol", permanent: false } });
    expect(end.error?.message).toContain("larger than 1000 bytes");
    expect(end.error?.hint).toContain("max_message_bytes");
    expect((await gone)[0]).toBe(1009);
    expect(sink.events.map(({ kind }) => kind)).toEqual(["message", "closed"]);
  });

  it("cannot make us wait for a large message: its announced length is enough", async () => {
    const { sink } = await openRaw((socket) => socket.write(Buffer.from([0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0])));
    expect((await sink.until("closed")).end.code).toBe(1009);
  });

  it.each([
    ["text", [0x81, 2, 0xc3, 0x28]],
    ["binary", [0x82, 2, 0xc3, 0x28]],
  ])("loses the connection with 1007 by invalid UTF-8 in a %s frame", async (_kind, frame) => {
    const { sink } = await openRaw((socket) => socket.write(Buffer.from([...frame, 0x81, 2, 0x7b, 0x7d])));
    const { end } = await sink.until("closed");
    expect(end).toMatchObject({ code: 1007, error: { reason: "protocol", permanent: false } });
    expect(sink.of("message")).toEqual([]);
  });

  it("loses the connection with 1002 by a frame that is none", async () => {
    const { sink } = await openRaw((socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
    expect((await sink.until("closed")).end).toMatchObject({
      code: 1002,
      error: { reason: "protocol" },
    });
  });

  it("loses the connection by tiny fragments, before they use up memory", async () => {
    const { sink } = await openRaw((socket) => {
      socket.write(Buffer.from([0x01, 1, 0x78]));
      socket.write(Buffer.alloc(2 * 3000, Buffer.from([0x00, 0])));
    });
    const { end } = await sink.until("closed");
    expect(end).toMatchObject({
      code: 1008,
      reason: "a message of the gateway came in too many pieces",
    });
  });

  it("loses the connection by a flood of pings whose answers it does not read", async () => {
    const ping = Buffer.alloc(127, 0x78);
    ping[0] = 0x89;
    ping[1] = 125;
    const flood = Buffer.concat(Array.from({ length: 20_000 }, () => ping));
    const { sink } = await openRaw((socket) => {
      socket.pause();
      const push = (): void => {
        while (!socket.destroyed && socket.write(flood));
        socket.once("drain", push);
      };
      push();
    });
    expect((await sink.until("closed")).end.code).toBe(1006);
  });
});
