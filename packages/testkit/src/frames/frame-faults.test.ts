import { once } from "node:events";

import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";

import type { FaultProxy } from "../proxy/fault-proxy.ts";
import { startFaultProxy } from "../proxy/start-fault-proxy.ts";
import { portOf } from "../testing/peer.ts";
import { type WebSocketFrame, webSocketFrames } from "./websocket-frames.ts";

/** One side of a WebSocket, and the text it has got. */
interface Side {
  readonly socket: WebSocket;
  readonly got: string[];
  readonly closed: Promise<number>;
}

interface Rig {
  readonly proxy: FaultProxy<WebSocketFrame>;
  readonly client: Side;
  readonly server: Side;
}

function side(socket: WebSocket): Side {
  const got: string[] = [];
  socket.on("message", (bytes: Buffer) => got.push(bytes.toString()));
  socket.on("error", () => {});
  return { socket, got, closed: new Promise((resolve) => socket.on("close", resolve)) };
}

/** A WebSocket through a proxy. */
async function startRig(): Promise<Rig> {
  const listener = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(listener, "listening");
  const port = portOf(listener);
  const proxy = await startFaultProxy({ target: { host: "127.0.0.1", port }, frames: webSocketFrames() });
  const arrived = once(listener, "connection");
  const client = new WebSocket(proxy.url(`ws://127.0.0.1:${port}/`));
  onTestFinished(async () => {
    client.terminate();
    listener.close();
    await proxy.close();
  });
  const clientSide = side(client);
  await once(client, "open");
  const [accepted] = await arrived;
  if (!(accepted instanceof WebSocket)) throw new Error("no WebSocket");
  return { proxy, client: clientSide, server: side(accepted) };
}

function says(text: string): (frame: WebSocketFrame) => boolean {
  return ({ payload }) => payload.includes(text);
}

/** Waits until the side has got this message. */
async function has({ socket, got }: Side, text: string): Promise<void> {
  while (!got.includes(text)) await once(socket, "message");
}

describe("frames of both directions are reported as they arrive", () => {
  it("unmasked, with opcode, and fragment by fragment", async () => {
    const { proxy, client, server } = await startRig();
    const seen: unknown[] = [];
    proxy.on("frame", ({ connection, stream, frame: { opcode, fin, payload } }) =>
      seen.push([connection, stream, opcode, fin, payload.toString()]),
    );
    client.socket.send("first ", { fin: false });
    client.socket.send("second");
    await has(server, "first second");
    server.socket.send(Buffer.from("bytes"));
    await has(client, "bytes");
    expect(seen).toEqual([
      [1, "upstream", 1, false, "first "],
      [1, "upstream", 0, true, "second"],
      [1, "downstream", 2, true, "bytes"],
    ]);
  });
});

describe.each(["reset", "end"] as const)("a connection that is cut with %s", (how) => {
  it("before a frame: what came before has arrived, the frame has not", async () => {
    const { proxy, client, server } = await startRig();
    const fault = proxy.onFrame({ stream: "upstream", matches: says("cut"), do: "cut_before", how });
    client.socket.send("one");
    client.socket.send("cut");
    client.socket.send("three");
    expect([await client.closed, await server.closed]).toEqual([1006, 1006]);
    expect(server.got).toEqual(["one"]);
    expect(fault.struck.map(({ payload }) => payload.toString())).toEqual(["cut"]);
  });

  it("inside a frame: a part of it has arrived, and no message of it", async () => {
    const { proxy, client, server } = await startRig();
    proxy.onFrame({ stream: "downstream", matches: says("cut"), do: "cut_inside", how });
    server.socket.send("one");
    await has(client, "one");
    server.socket.send("cut");
    expect([await client.closed, await server.closed]).toEqual([1006, 1006]);
    expect(client.got).toEqual(["one"]);
  });

  it("after a frame: it has arrived, what comes behind it has not", async () => {
    const { proxy, client, server } = await startRig();
    proxy.onFrame({ stream: "upstream", matches: says("cut"), do: "cut_after", how });
    client.socket.send("cut");
    client.socket.send("two");
    expect([await client.closed, await server.closed]).toEqual([1006, 1006]);
    expect(server.got).toEqual(["cut"]);
  });
});

it("a dropped frame is missing, a duplicated one comes twice", async () => {
  const { proxy, client, server } = await startRig();
  proxy.onFrame({ stream: "upstream", matches: says("gone"), do: "drop" });
  proxy.onFrame({ stream: "upstream", matches: says("twice"), do: "duplicate" });
  for (const text of ["one", "gone", "twice", "last"]) client.socket.send(text);
  await has(server, "last");
  expect(server.got).toEqual(["one", "twice", "twice", "last"]);
});

it("a held frame and what is behind it wait until it is released; the other direction goes on", async () => {
  const { proxy, client, server } = await startRig();
  const hold = proxy.onFrame({ stream: "upstream", matches: says("held"), do: "hold" });
  for (const text of ["before", "held", "behind"]) client.socket.send(text);
  await has(server, "before");
  server.socket.send("meanwhile");
  await has(client, "meanwhile");
  expect(server.got).toEqual(["before"]);
  hold.release();
  await has(server, "behind");
  expect(server.got).toEqual(["before", "held", "behind"]);
});

it("what is held goes on when the fault is removed", async () => {
  const { proxy, client, server } = await startRig();
  const hold = proxy.onFrame({ stream: "upstream", do: "hold", times: Number.POSITIVE_INFINITY });
  const struck = hold.next();
  client.socket.send("one");
  client.socket.send("two");
  expect((await struck).payload.toString()).toBe("one");
  hold.remove();
  await has(server, "two");
  expect(hold.struck).toHaveLength(1);
});

it("a fault strikes as often as it is told, and then no more", async () => {
  const { proxy, client, server } = await startRig();
  const fault = proxy.onFrame({ stream: "upstream", matches: says("x"), do: "drop", times: 2 });
  for (const text of ["x1", "a", "x2", "x3", "last"]) client.socket.send(text);
  await has(server, "last");
  expect(server.got).toEqual(["a", "x3", "last"]);
  expect(fault.struck).toHaveLength(2);
});

it("faults need a protocol", async () => {
  const proxy = await startFaultProxy({ target: { host: "127.0.0.1", port: 9 } });
  onTestFinished(() => proxy.close());
  expect(() => proxy.onFrame({ stream: "upstream", do: "drop" })).toThrow("Expected the option frames");
});
