import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";

import { expect, onTestFinished, test } from "vitest";

import { SocketGate } from "./socket-gate.ts";

/** A gate on one end of a connection, and the plain other end. */
async function open(): Promise<{ readonly gate: SocketGate; readonly peer: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const peer = connect(typeof address === "object" ? (address?.port ?? 0) : 0, "127.0.0.1");
  const gate = await new Promise<SocketGate>((resolve) => {
    server.on("connection", (socket) => resolve(new SocketGate(socket)));
  });
  onTestFinished(() => {
    peer.destroy();
    gate.destroy();
    server.close();
  });
  return { gate, peer };
}

test("everything passes both ways, and each side may end first", async () => {
  const { gate, peer } = await open();
  let heard = "";
  // Not `text`, which destroys what it has read to the end.
  gate.on("data", (chunk: Buffer) => (heard += chunk.toString()));
  peer.end("ping");
  await once(gate, "end");
  expect(heard).toBe("ping");
  gate.end("pong");
  expect(await text(peer)).toBe("pong");
});

test("what the peer has sent is read, however late, when the peer is gone", async () => {
  const { gate, peer } = await open();
  gate.stall();
  peer.end("x".repeat(100_000));
  gate.end();
  gate.release();
  await once(peer, "close");
  expect(await text(gate)).toHaveLength(100_000);
});

test("what was written before the gate is destroyed has left", async () => {
  const { gate, peer } = await open();
  const heard = text(peer);
  for (const word of ["a", "b", "c"]) gate.write(word);
  gate.destroy();
  expect(await heard).toBe("abc");
});

test("a writer is told when the peer is behind, and when it is not any more", async () => {
  const { gate, peer } = await open();
  const big = Buffer.alloc(8 * 1024 * 1024);
  expect(gate.write(big)).toBe(false);
  expect(gate.writableLength).toBe(big.length);
  peer.resume();
  await once(gate, "drain");
  expect(gate.writableLength).toBe(0);
});

test("a reset of the peer is an error of the gate", async () => {
  const { gate, peer } = await open();
  gate.resume();
  const failed = once(gate, "error");
  gate.write("x");
  peer.resetAndDestroy();
  expect(await failed).toMatchObject([{ code: "ECONNRESET" }]);
});
