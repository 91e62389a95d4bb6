import { connect } from "node:net";

import { expect, test } from "vitest";

import { CountingServer } from "../testing/counting-server.ts";
import { EnvelopeClient } from "../testing/envelope-client.ts";
import { start } from "../testing/started-gateways.ts";

test("an answer leaves in pieces, whole, and what follows it waits in line", async () => {
  const gateway = await start({
    session: new CountingServer().session,
    faults: [{ fault: "drip", bytes: 20, gapMs: 1 }],
  });
  const socket = connect(gateway.port, "127.0.0.1");
  const client = await EnvelopeClient.open(gateway.url, undefined, { createConnection: () => socket });
  let pieces = 0;
  socket.on("data", () => (pieces += 1));
  client.send({ jsonrpc: "2.0", id: 1, method: "a" });
  client.send({ jsonrpc: "2.0", id: 2, method: "b" });
  client.socket.ping();
  expect(await client.next()).toMatchObject({ mcp_payload: { id: 1, result: { method: "a" } } });
  expect(await client.next()).toMatchObject({ mcp_payload: { id: 2, result: { method: "b" } } });
  expect(pieces).toBeGreaterThan(10);
});

test("when the fault ends the rest leaves at once", async () => {
  const gateway = await start({ session: new CountingServer().session });
  const stop = gateway.inject({ fault: "drip", gapMs: 20 });
  const client = await EnvelopeClient.open(gateway.url);
  const begun = gateway.next("faulted");
  client.send({ jsonrpc: "2.0", id: 1, method: "a" });
  expect(await begun).toMatchObject({ fault: "drip", step: "hits", sessionId: "s1" });
  stop();
  // By itself it would take four seconds and more.
  expect(await client.next()).toMatchObject({ mcp_payload: { id: 1 } });
}, 2000);

test("a connection that drips can be stalled and closed", async () => {
  const gateway = await start({ session: new CountingServer().session, faults: [{ fault: "drip", gapMs: 5000 }] });
  const client = await EnvelopeClient.open(gateway.url);
  const begun = gateway.next("faulted");
  client.send({ jsonrpc: "2.0", id: 1, method: "a" });
  await begun;
  gateway.stall();
  gateway.dropConnections({ terminate: true });
  expect(await client.ended).toMatchObject({ code: 1006 });
});
