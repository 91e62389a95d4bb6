import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";

import { expect, it, onTestFinished } from "vitest";
import { pem } from "./fixtures/pem.ts";
import { takenBytes } from "./taken-bytes.ts";

const SIZE = 16 * 1024 * 1024;

async function portOf(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** A client that has written more than anybody takes at once, in a single write, and its peer, which reads nothing yet. */
async function stuck(secure: boolean): Promise<{ readonly client: Socket; readonly peer: Socket }> {
  let accept: (socket: Socket) => void = () => {};
  const accepted = new Promise<Socket>((resolve) => {
    accept = (socket) => resolve(socket.pause());
  });
  const identity = pem("server");
  const server = secure
    ? createTlsServer({ cert: identity, key: identity }, (socket) => accept(socket))
    : createServer((socket) => accept(socket));
  const port = await portOf(server);
  const client = secure
    ? connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false })
    : connect({ port, host: "127.0.0.1" });
  await once(client, secure ? "secureConnect" : "connect");
  onTestFinished(() => void client.destroy());
  client.write(Buffer.alloc(SIZE));
  const peer = await accepted;
  onTestFinished(() => void peer.destroy());
  return { client, peer };
}

it.each([
  ["TCP", false],
  ["TLS", true],
])("what a peer takes of a single write over %s shows while that is under way", async (_name, secure) => {
  const { client, peer } = await stuck(secure);
  const before = takenBytes(client);
  expect(client.writableLength).toBe(SIZE);
  const read = { bytes: 0 };
  peer.on("data", (bytes: Buffer) => (read.bytes += bytes.length)).resume();
  // The stream knows nothing of it: its length falls only when the last byte is gone.
  while (client.writableLength === SIZE && takenBytes(client) === before) await once(peer, "data");
  expect(takenBytes(client)).toBeGreaterThan(before);
  while (read.bytes < SIZE) await once(peer, "data");
  while (client.writableLength > 0) await new Promise((resolve) => setImmediate(resolve));
  const after = takenBytes(client);
  client.write("x");
  await once(peer, "data");
  expect(takenBytes(client)).toBeGreaterThan(after);
});

it("a socket that is gone has taken nothing", async () => {
  const { client } = await stuck(false);
  client.destroy();
  expect(takenBytes(client)).toBe(0);
});
