import { describe, expect, it } from "vitest";
import { hex } from "./fixtures/codecs.ts";
import { AGREED, dialErrorOf, dialTo, openChannel } from "./fixtures/open-channel.ts";
import { RecordingSink } from "./fixtures/recording-sink.ts";
import { gateway, serverOf } from "./fixtures/servers.ts";

const HELLO_BYTES = 92;

function mcpb(type: number, text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([
    hex(`4d435042 0001 000${type} 000000${payload.length.toString(16).padStart(2, "0")}`),
    payload,
  ]);
}

describe("a dial to a gateway that negotiates", () => {
  it("speaks first, and opens when the gateway has agreed, byte by byte", async () => {
    const server = await gateway();
    const sink = new RecordingSink();
    const opening = dialTo(`tcp://127.0.0.1:${server.port}`, sink, { framing: "mcpb" });
    const peer = await server.peer();
    expect((await peer.until(HELLO_BYTES)).toString("latin1")).toContain('"preferred_version":1');
    let open = false;
    void opening.then(() => {
      open = true;
    });
    for (const byte of AGREED) {
      expect(open).toBe(false);
      await new Promise((resolve) => peer.socket.write(Buffer.from([byte]), resolve));
    }
    const channel = await opening;
    expect(channel.info.protocol).toBe("tcp, mcpb");
    expect(sink.events).toEqual([]);
  });

  it("overlooks health checks and control frames before the answer", async () => {
    const before = Buffer.concat([mcpb(4, ""), mcpb(3, "x")]);
    const { sink, peer } = await openChannel(
      { framing: "mcpb" },
      await gateway((socket) => socket.write(Buffer.concat([before, AGREED]))),
    );
    peer.socket.write(mcpb(2, "{}"));
    await sink.until("message");
    expect(sink.texts).toEqual(["{}"]);
  });

  it.each([
    [mcpb(7, '{"agreed_version":2}'), true, /agreed on; this router speaks version 1/],
    [mcpb(7, "{}"), true, /names no agreed_version/],
    [mcpb(5, "version 1 is too old"), false, /an error: GATEWAY_ERROR: version 1 is too old/],
    [mcpb(2, "{}"), false, /should not come before its answer/],
  ])("fails when the answer is %s", async (answer, permanent, says) => {
    const port = await serverOf((socket) => socket.write(answer));
    const error = await dialErrorOf(`tcp://127.0.0.1:${port}`, { framing: "mcpb" });
    expect(error).toMatchObject({ reason: "protocol", permanent });
    expect(error.message).toMatch(says);
    expect(error.hint).toMatch(/\w/);
  });

  it.each(["end", "resetAndDestroy"] as const)("fails when the gateway hangs up: %s", async (how) => {
    const port = await serverOf((socket) => socket.once("data", () => socket[how]()));
    const error = await dialErrorOf(`tcp://127.0.0.1:${port}`, { framing: "mcpb" });
    expect(error).toMatchObject({ reason: "unreachable", permanent: false });
    expect(error.message).toContain("without answering the version negotiation");
    expect(error.hint).toContain("gateway.framing");
  });

  it("fails with its signal, and cuts the connection", async () => {
    const server = await gateway();
    const controller = new AbortController();
    const failed = dialErrorOf(`tcp://127.0.0.1:${server.port}`, { framing: "mcpb", signal: controller.signal });
    const peer = await server.peer();
    await peer.until(HELLO_BYTES);
    const timeout = new DOMException("too late", "TimeoutError");
    controller.abort(timeout);
    const error = await failed;
    expect(error).toMatchObject({ reason: "timeout", permanent: false });
    expect(error.message).toContain("the version negotiation was not answered");
    await peer.untilEnd();
  });

  it("leaves no deadline behind: the signal of the dial has no say afterwards", async () => {
    const controller = new AbortController();
    const server = await gateway((socket) => socket.write(AGREED));
    const { sink, peer } = await openChannel({ framing: "mcpb", signal: controller.signal }, server);
    controller.abort(new DOMException("too late", "TimeoutError"));
    peer.socket.write(mcpb(2, "{}"));
    await sink.until("message");
    expect(sink.of("closed")).toEqual([]);
  });
});
