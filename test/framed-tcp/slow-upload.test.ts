import { createServer, type Socket } from "node:net";

import { expect, it } from "vitest";

import { isJsonObject, parseJson } from "../support/json.ts";
import { ParanoidClient } from "../support/paranoid-client.ts";
import { untilTestEnds } from "../support/scope.ts";
import { spawnRouter } from "../support/spawn-router.ts";

const MEBIBYTE = 1024 * 1024;
const CALLS = 10;
/** Far longer than silence is deadly, and slow enough for the buffers of the system to be the lesser part of it. */
const BYTES_A_TURN = 2 * MEBIBYTE;
const TURN_MS = 100;

/** A gateway that reads at its own pace, and says nothing before it has read all calls. */
async function startSlowGateway(): Promise<{ readonly port: number; readonly connections: () => number }> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    const chunks: Buffer[] = [];
    const replies: Buffer[] = [];
    let length = 0;
    let budget = BYTES_A_TURN;
    const answer = (payload: Buffer): void => {
      const envelope = parseJson(payload.toString());
      const message = isJsonObject(envelope) ? envelope["mcp_payload"] : undefined;
      if (!isJsonObject(message) || message["id"] === undefined) return;
      const result = { protocolVersion: "2025-06-18", capabilities: {}, serverInfo: { name: "slow", version: "1" } };
      const reply = Buffer.from(JSON.stringify({ mcp_payload: { jsonrpc: "2.0", id: message["id"], result } }));
      const header = Buffer.from([0x4d, 0x43, 0, 0, 0, 0]);
      header.writeUInt32BE(reply.length, 2);
      replies.push(header, reply);
      if (message["method"] === "initialize" || replies.length === 2 * CALLS) {
        socket.write(Buffer.concat(replies.splice(0)));
      }
    };
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      budget -= chunk.length;
      if (budget > 0) return;
      budget = BYTES_A_TURN;
      socket.pause();
      setTimeout(() => socket.resume(), TURN_MS);
    });
    // Frames are looked for once a turn: the test is about reading slowly.
    const turn = setInterval(() => {
      if (length < 7) return;
      let rest = Buffer.concat(chunks.splice(0));
      while (rest.length >= 7) {
        const head = rest[2] === 0 ? 6 : 7;
        const end = head + rest.readUInt32BE(head - 4);
        if (rest.length < end) break;
        if (head === 6) answer(rest.subarray(head, end));
        rest = rest.subarray(end);
      }
      chunks.push(rest);
      length = rest.length;
    }, TURN_MS);
    socket.on("close", () => clearInterval(turn));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  untilTestEnds(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no port");
  return { port: address.port, connections: () => connections };
}

it("a gateway that takes large calls slowly is not taken for dead, though it answers no heartbeat meanwhile", async () => {
  const { port, connections } = await startSlowGateway();
  const router = await spawnRouter({
    url: `tcp://127.0.0.1:${port}`,
    config: { gateway: { connection: { keepalive_interval_ms: 500, timeout_ms: 3000 } } },
  });
  const client = new ParanoidClient(router);
  await client.initialize();
  const filling = "x".repeat(8 * MEBIBYTE);
  const calls = Array.from({ length: CALLS }, () => client.request("tools/call", { name: "store", filling }));
  for (const { result } of await Promise.all(calls)) expect(result).toMatchObject({ serverInfo: { name: "slow" } });
  expect(connections()).toBe(1);
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
});
