import { describe, expect, it, vi } from "vitest";
import { hex } from "./fixtures/codecs.ts";
import { AGREED, openChannel } from "./fixtures/open-channel.ts";
import { gateway } from "./fixtures/servers.ts";

const HEALTH = hex("4d435042 0001 0004 00000000");
const HELLO_BYTES = 92;

function openMcpb() {
  return gateway((socket) => socket.write(AGREED)).then((to) => openChannel({ framing: "mcpb" }, to));
}

describe("a heartbeat of ours", () => {
  it("is a ping with the time", async () => {
    const now = vi.spyOn(Date, "now").mockReturnValue(0x0193_0000_0001);
    try {
      const { channel, peer } = await openChannel();
      channel.ping?.();
      expect(await peer.until(15)).toEqual(hex("4d43 02 00000008 0000019300000001"));
    } finally {
      now.mockRestore();
    }
  });

  it("is answered by a pong, which shows as a sign of life", async () => {
    const { sink, peer } = await openChannel();
    peer.socket.write(hex("4d43 03 00000008 0000019300000001"));
    await sink.until("alive");
    expect(sink.events).toEqual([{ kind: "alive" }]);
  });

  it("is a health check in mcpb, and what comes back is not sent back again", async () => {
    const { channel, sink, peer } = await openMcpb();
    channel.ping?.();
    expect((await peer.until(HELLO_BYTES + 12)).subarray(HELLO_BYTES)).toEqual(HEALTH);
    peer.socket.write(HEALTH);
    await sink.until("alive");
    peer.socket.write(HEALTH);
    await sink.until("alive", 2);
    channel.close("");
    // The second one was the gateway's own, and one echo is all that follows.
    expect((await peer.untilEnd()).subarray(HELLO_BYTES)).toEqual(Buffer.concat([HEALTH, HEALTH]));
  });

  it("does not exist on lines", async () => {
    const { channel } = await openChannel({ framing: "lines" });
    expect(channel.ping).toBeUndefined();
    expect("ping" in channel).toBe(false);
  });

  it("is not sent once the connection is closing", async () => {
    const { channel, peer } = await openChannel();
    channel.close("bye");
    channel.ping?.();
    expect(await peer.untilEnd()).toHaveLength(10);
  });
});

describe("a heartbeat of the gateway", () => {
  it.each(["", "0000019300000001", "ff".repeat(125)])("is answered with what it carries: “%s”", async (payload) => {
    const { sink, peer } = await openChannel();
    const length = (payload.length / 2).toString(16).padStart(8, "0");
    peer.socket.write(hex(`4d43 02 ${length} ${payload}`));
    expect(await peer.until(7 + payload.length / 2)).toEqual(hex(`4d43 03 ${length} ${payload}`));
    expect(sink.events).toEqual([{ kind: "alive" }]);
  });

  it("is echoed in mcpb", async () => {
    const { peer } = await openMcpb();
    peer.socket.write(HEALTH);
    expect((await peer.until(HELLO_BYTES + 12)).subarray(HELLO_BYTES)).toEqual(HEALTH);
  });

  it("in mcpb does not go to and fro for ever when both sides echo what they get", async () => {
    const { channel, sink, peer } = await openMcpb();
    await peer.until(HELLO_BYTES);
    peer.socket.on("data", (bytes: Buffer) => void peer.socket.write(bytes));
    peer.socket.write(HEALTH);
    // The gateway's own, and what it makes of our echo.
    await sink.until("alive", 2);
    channel.close("");
    expect((await peer.untilEnd()).subarray(HELLO_BYTES)).toEqual(HEALTH);
  });

  it("is answered a thousand times in one turn when the gateway reads", async () => {
    const { sink, peer } = await openChannel();
    peer.socket.write(Buffer.concat(Array.from({ length: 1000 }, () => hex("4d43 02 00000000"))));
    await peer.until(7000);
    expect(sink.of("closed")).toEqual([]);
  });

  it("ends the connection when it comes in floods and the answers are not read", async () => {
    const ping = Buffer.concat([hex("4d43 02 0000007d"), Buffer.alloc(125, "x")]);
    const flood = Buffer.concat(Array.from({ length: 20_000 }, () => ping));
    const { channel, sink, peer } = await openChannel();
    peer.socket.pause();
    const push = (): void => {
      while (!peer.socket.destroyed && peer.socket.write(flood));
      peer.socket.once("drain", push);
    };
    push();
    const { end } = await sink.until("closed");
    expect(end.error?.message).toContain("more pings than it reads answers to");
    expect(channel.bufferedBytes).toBeLessThan(2 * 1024 * 1024);
  });
});
