import { once } from "node:events";

import { expect, test } from "vitest";

import { CountingServer } from "../testing/counting-server.ts";
import { EnvelopeClient } from "../testing/envelope-client.ts";
import { start } from "../testing/started-gateways.ts";

const ask = { jsonrpc: "2.0", id: 1, method: "tools/call" };

test("a stalled connection neither reads, nor answers, nor pongs, until it is released; others do", async () => {
  const server = new CountingServer();
  const gateway = await start({ session: server.session });
  const client = await EnvelopeClient.open(gateway.url);
  gateway.stall();
  const heard: string[] = [];
  client.socket.on("pong", () => heard.push("pong"));
  client.socket.on("message", () => heard.push("answer"));
  client.socket.ping();
  client.send(ask);
  const other = await EnvelopeClient.open(gateway.url);
  other.socket.ping();
  await once(other.socket, "pong");
  expect(await other.request({ id: 2, method: "x" })).toMatchObject({ result: {} });
  expect([heard, server.journal]).toEqual([[], ["2 x"]]);
  expect(client.socket.readyState).toBe(client.socket.OPEN);

  gateway.release();
  await client.next();
  expect(heard).toEqual(["pong", "answer"]);
});

test("what a server says meanwhile arrives after the stall, which may end by itself", async () => {
  let say = (_text: string): void => {};
  const gateway = await start({
    session(session) {
      say = (text) => void session.send(text);
      return { receive() {} };
    },
  });
  const client = await EnvelopeClient.open(gateway.url);
  const released = gateway.next("faulted", ({ step }) => step === "ends");
  gateway.stall({ forMs: 20 });
  say('{"jsonrpc":"2.0","method":"news"}');
  say('{"jsonrpc":"2.0","method":"more news"}');
  await released;
  expect(await client.next()).toMatchObject({ mcp_payload: { method: "news" } });
  expect(await client.next()).toMatchObject({ mcp_payload: { method: "more news" } });
});

test("upgrades can be held too", async () => {
  const gateway = await start({ session: new CountingServer().session });
  gateway.stall({ upgrades: "hold" });
  const opening = EnvelopeClient.open(gateway.url);
  await fetch(gateway.healthUrl);
  expect(gateway.sessions()).toHaveLength(0);
  gateway.release();
  await opening;
});

test("a stalled gateway can be closed, and so can one of its sessions", async () => {
  const gateway = await start({ session: new CountingServer().session });
  const first = await EnvelopeClient.open(gateway.url);
  const second = await EnvelopeClient.open(gateway.url);
  gateway.stall({ sessionId: "s1" });
  gateway.stall({ sessionId: "s2" });
  gateway.dropConnections({ sessionId: "s1" });
  expect(await first.ended).toMatchObject({ code: 1012 });
  await gateway.close();
  expect(await second.ended).toMatchObject({ code: 1001 });
});

test("stalls come by the clock", async () => {
  const gateway = await start({
    session: new CountingServer().session,
    faults: [{ fault: "stall", everyMs: 5, forMs: 1 }],
  });
  await EnvelopeClient.open(gateway.url);
  await gateway.next("faulted", ({ step }) => step === "ends");
  await gateway.next("faulted", ({ step }) => step === "ends");
});
