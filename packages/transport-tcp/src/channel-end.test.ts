import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { hex } from "./fixtures/codecs.ts";
import { AGREED, FACTS, openChannel, type OpenOptions } from "./fixtures/open-channel.ts";
import { gateway } from "./fixtures/servers.ts";

const MESSAGE = "4d43 00000002 7b7d ";
const CLOSE = (reason: string) =>
  `4d43 05 ${Buffer.byteLength(reason).toString(16).padStart(8, "0")} ${Buffer.from(reason).toString("hex")}`;

function openMcpb() {
  return gateway((socket) => socket.write(AGREED)).then((to) => openChannel({ framing: "mcpb" }, to));
}

/** The end of a connection after the gateway has sent some bytes. */
async function endAfter(bytes: string, options?: OpenOptions) {
  const opened = await openChannel(options);
  opened.peer.socket.write(hex(bytes));
  const { end } = await opened.sink.until("closed");
  expect(opened.sink.events.at(-1)?.kind).toBe("closed");
  return { ...opened, end };
}

describe("the end of a connection by the gateway", () => {
  it("with a close frame tells its reason, comes after what stood before it, and is answered with a FIN", async () => {
    const { sink, peer, end } = await endAfter(MESSAGE + CLOSE("restarting") + MESSAGE);
    expect(end).toEqual({ code: undefined, reason: "restarting" });
    expect(sink.texts).toEqual(["{}"]);
    expect(await peer.untilEnd()).toEqual(Buffer.alloc(0));
  });

  it("keeps escapes in its reason away from terminals", async () => {
    const { end } = await endAfter(CLOSE("\u001b[2Jgone\u202e"));
    expect(end.reason).toBe("\\u001b[2Jgone\\u202e");
  });

  it("with a FIN between two frames is no error", async () => {
    const { sink, peer } = await openChannel();
    peer.socket.end(hex(MESSAGE));
    expect((await sink.until("closed")).end).toEqual({ code: undefined, reason: "" });
    expect(sink.texts).toEqual(["{}"]);
    expect(await peer.untilEnd()).toEqual(Buffer.alloc(0));
  });

  it.each(["4d", "4d43 0000", "4d43 00000002", "4d43 00000002 7b"])(
    "with a FIN in the middle of a frame is an error: %s",
    async (bytes) => {
      const { sink, peer } = await openChannel();
      peer.socket.end(hex(MESSAGE + bytes));
      expect((await sink.until("closed")).end).toMatchObject({
        code: undefined,
        reason: "connection lost: it ended in the middle of a frame",
        error: { reason: "unreachable", permanent: false },
      });
    },
  );

  it("with a FIN in the middle of a line is an error too", async () => {
    const { sink, peer } = await openChannel({ framing: "lines" });
    peer.socket.end('{"id":1}\n{"id":');
    expect((await sink.until("closed")).end.reason).toContain("in the middle of a frame");
  });

  it("with a reset names it", async () => {
    const { sink, peer } = await openChannel();
    peer.socket.write(hex(MESSAGE));
    await sink.until("message");
    peer.socket.resetAndDestroy();
    expect((await sink.until("closed")).end).toMatchObject({
      reason: "connection lost: ECONNRESET",
      error: { reason: "unreachable", permanent: false },
    });
  });

  it.each(["end", "resetAndDestroy"] as const)("without a word says what may be wrong: %s", async (how) => {
    const { channel, sink, peer } = await openChannel();
    channel.send(Buffer.from("{}"), FACTS);
    await peer.until(8);
    peer.socket[how]();
    const { end } = await sink.until("closed");
    expect(end.error).toMatchObject({ reason: "unreachable", permanent: false });
    expect(end.error?.message).toMatch(/^127\.0\.0\.1:\d+ closed the connection without a word/);
    expect(end.error?.hint).toMatch(/tcps:\/\/.*gateway\.framing \(here “guide”\)/);
  });

  it("is cut after a second when it takes neither bytes nor an end", async () => {
    const { channel, sink, peer } = await openChannel();
    peer.socket.pause();
    for (let count = 0; count < 3; count++) channel.send(Buffer.alloc(15 * 1024 * 1024, "x"), FACTS);
    peer.socket.end(hex(MESSAGE));
    expect((await sink.until("closed")).end.error).toBeUndefined();
  });
});

describe("the end of a connection by us", () => {
  it("is announced where the layout can, and orderly", async () => {
    const { channel, sink, peer } = await openChannel();
    channel.send(Buffer.from("{}"), FACTS);
    channel.close("bye");
    expect(await peer.untilEnd()).toEqual(hex(MESSAGE + CLOSE("bye")));
    peer.socket.end(hex(MESSAGE));
    expect((await sink.until("closed")).end).toEqual({ code: undefined, reason: "closed by us" });
    expect(sink.texts).toEqual(["{}"]);
  });

  it("is a FIN where the layout has no close frame", async () => {
    const { channel, peer } = await openMcpb();
    const before = (await peer.until(92)).length;
    channel.close("bye");
    expect(await peer.untilEnd()).toHaveLength(before);
    const lines = await openChannel({ framing: "lines" });
    lines.channel.close("bye");
    expect(await lines.peer.untilEnd()).toHaveLength(0);
  });

  it("comes after a deadline when the gateway does not end its side", async () => {
    const { channel, sink } = await openChannel();
    channel.close("bye");
    const { end } = await sink.until("closed");
    expect(end).toEqual({ code: undefined, reason: "closed by us, and the gateway did not answer the close" });
  });

  it("by cutting it is prompt and no error", async () => {
    const { channel, sink, peer } = await openChannel();
    const gone = once(peer.socket, "end");
    channel.terminate();
    expect((await sink.until("closed")).end).toEqual({ code: undefined, reason: "terminated" });
    await gone;
  });

  it("is reported once, however often it is asked for", async () => {
    const { channel, sink, peer } = await openChannel();
    channel.close("one");
    channel.close("two");
    channel.terminate();
    channel.terminate();
    await sink.until("closed");
    await peer.untilEnd();
    expect(sink.of("closed")).toHaveLength(1);
  });
});

describe("an error frame", () => {
  const errorFrame = (text: string) =>
    `4d43 04 ${Buffer.byteLength(text).toString(16).padStart(8, "0")} ${Buffer.from(text).toString("hex")}`;

  it.each([
    [
      '{"error":{"code":"FORBIDDEN","message":"no"},"id":"e-1"}',
      '{"error":{"code":"FORBIDDEN","message":"no"},"id":"e-1"}',
    ],
    ['{"code":"FORBIDDEN","message":"no"}', '{"error":{"code":"FORBIDDEN","message":"no"}}'],
    [
      '{"id":"e-1","code":"FORBIDDEN","message":"no","correlation_id":"c-1"}',
      '{"id":"e-1","correlation_id":"c-1","error":{"code":"FORBIDDEN","message":"no"}}',
    ],
    ["out of paper", '{"error":{"code":"GATEWAY_ERROR","message":"out of paper"}}'],
    ["[1]", '{"error":{"code":"GATEWAY_ERROR","message":"[1]"}}'],
  ])("reaches the router as an envelope: %s", async (text, envelope) => {
    const { sink, peer } = await openChannel();
    peer.socket.write(hex(errorFrame(text)));
    await sink.until("message");
    expect(sink.texts).toEqual([envelope]);
  });

  it("of an mcpb gateway is text", async () => {
    const { sink, peer } = await openMcpb();
    peer.socket.write(hex("4d435042 0001 0005 00000004 6f6f7073"));
    await sink.until("message");
    expect(sink.texts).toEqual(['{"error":{"code":"GATEWAY_ERROR","message":"oops"}}']);
  });

  it("is a warning where messages are bare", async () => {
    const lines: string[] = [];
    const { sink, peer } = await openChannel({ framing: "guide", wire: "json-rpc", lines });
    peer.socket.write(hex(errorFrame("oops")));
    await sink.until("alive");
    expect(sink.texts).toEqual([]);
    expect(lines).toEqual(["the gateway sent an error frame"]);
  });

  it("that is a JSON-RPC error is the answer that it is, where messages are bare", async () => {
    const { sink, peer } = await openChannel({ framing: "typed", wire: "json-rpc" });
    const text = '{"jsonrpc":"2.0","id":7,"error":{"code":-32603,"message":"no"}}';
    peer.socket.write(hex(errorFrame(text)));
    await sink.until("message");
    expect(sink.texts).toEqual([text]);
  });

  it.each([
    ["", "FORBIDDEN: no"],
    [CLOSE("bye"), "bye, after FORBIDDEN: no"],
    [CLOSE(""), "FORBIDDEN: no"],
    [MESSAGE, ""],
  ])("is the reason of an end that follows it (%s)", async (then, reason) => {
    const { sink, peer } = await openChannel();
    peer.socket.end(hex(errorFrame('{"code":"FORBIDDEN","message":"no"}') + then));
    expect((await sink.until("closed")).end).toEqual({ code: undefined, reason });
  });
});

describe("a gateway that breaks the rules after valid frames", () => {
  it.each([
    ["other bytes", "0102", "does not begin with the magic bytes 4d 43"],
    ["an unknown type", "4d43 09", "a frame of type 9"],
    ["an empty message", "4d43 00000000", "an empty message"],
    ["a message over the limit", "4d43 01 04000001", "a message of 67108865 bytes"],
    ["a large ping", "4d43 02 0000007e", "kind “ping” with 126 bytes"],
    ["a message that is not UTF-8", "4d43 00000002 c328", "not valid UTF-8"],
  ])("loses the connection: %s", async (_name, bytes, problem) => {
    const { sink, peer, end } = await endAfter(MESSAGE + bytes + MESSAGE);
    expect(end.error).toMatchObject({ reason: "protocol", permanent: false });
    expect(end.error?.message).toContain(problem);
    expect(end.error?.message).toContain("(frame 2, at byte 8 of the connection)");
    expect(end.reason).toContain(problem);
    expect(sink.texts).toEqual(["{}"]);
    // It is told why.
    const told = await peer.untilEnd();
    expect(told.subarray(0, 3)).toEqual(hex("4d43 05"));
    expect(told.toString()).toContain("protocol error: ");
  });

  it("loses it in the first frame too, when that is one and too large", async () => {
    const { end } = await endAfter("4d43 01 04000001");
    expect(end.error).toMatchObject({ reason: "protocol", permanent: false });
    expect(end.error?.hint).toContain("max_message_bytes");
  });

  it("loses it in the first frame behind a negotiation too, when that is of the layout", async () => {
    const { sink, peer } = await openMcpb();
    peer.socket.write(hex("4d435042 0001 0002 00a00001"));
    const { end } = await sink.until("closed");
    expect(end).toMatchObject({ code: 1009, error: { reason: "protocol", permanent: false } });
    expect(end.error?.message).toContain(
      "a frame of 10485761 bytes; the layout holds at most 10485760 (frame 2, at byte 32",
    );
  });
});
