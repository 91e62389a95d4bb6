import { describe, expect, test } from "vitest";

import type { FrameReceived, FrameSent } from "./events/gateway-events.ts";
import type { LogEntry } from "./log/log-entry.ts";
import { startGateway } from "./start-gateway.ts";
import { echo, ping } from "./testing/echo.ts";
import { EnvelopeClient } from "./testing/envelope-client.ts";
import { start } from "./testing/started-gateways.ts";

test("events are a ledger of what passed, as parsed objects and as bytes", async () => {
  const gateway = await start({ session: echo, token: "good" });
  const received: FrameReceived[] = [];
  const sent: FrameSent[] = [];
  const stop = gateway.on("received", (event) => received.push(event));
  gateway.on("sent", (event) => sent.push(event));
  const opened = gateway.next("sessionOpened");
  const client = await EnvelopeClient.open(gateway.url, "good");
  expect((await opened).session.headers.authorization).toBe("Bearer good");

  const id = client.send('{"jsonrpc":"2.0","id":1, "method":"x"}');
  await client.next();
  expect(received).toMatchObject([{ sessionId: "s1", envelope: { id, mcp_payload: { method: "x" } } }]);
  expect(received[0]?.payload?.toString()).toBe('{"jsonrpc":"2.0","id":1, "method":"x"}');
  expect(sent).toMatchObject([{ sessionId: "s1", envelope: { correlation_id: id, mcp_payload: { id: 1 } } }]);
  expect(sent[0]?.frame.toString()).toBe(client.frames[0]);
  expect(gateway.sessions()).toMatchObject([{ id: "s1", transport: "ws", received: 1, sent: 1 }]);

  stop();
  client.send(ping);
  await client.next();
  expect(received).toHaveLength(1);
});

test("connections can be dropped with a code or without a word, all or one, and the gateway goes on", async () => {
  const gateway = await start({ session: echo });
  const first = await EnvelopeClient.open(gateway.url);
  const second = await EnvelopeClient.open(gateway.url);
  gateway.dropConnections({ sessionId: "s1", code: 1013, reason: "later" });
  expect(await first.ended).toEqual({ code: 1013, reason: "later" });
  gateway.dropConnections({ terminate: true });
  expect(await second.ended).toMatchObject({ code: 1006 });
  const third = await EnvelopeClient.open(gateway.url);
  gateway.dropConnections();
  expect(await third.ended).toMatchObject({ code: 1012 });
});

test("a gateway that closes says 1001 and frees its port", async () => {
  const gateway = await start({ session: echo });
  const client = await EnvelopeClient.open(gateway.url);
  await Promise.all([gateway.close(), gateway.close()]);
  expect(await client.ended).toEqual({ code: 1001, reason: "the gateway is shutting down" });
  const successor = await start({ session: echo, port: gateway.port });
  expect(successor.url).toBe(gateway.url);
});

test("a client that does not answer the close frame cannot keep the gateway from closing", async () => {
  const gateway = await start({ session: echo });
  const client = await EnvelopeClient.open(gateway.url);
  client.socket.pause();
  await gateway.close();
  expect(gateway.sessions()).toHaveLength(0);
  client.socket.terminate();
});

test("a message above the limit closes its connection with 1009", async () => {
  const gateway = await start({ session: echo, maxMessageBytes: 1000 });
  const client = await EnvelopeClient.open(gateway.url);
  client.send({ jsonrpc: "2.0", method: "x".repeat(1000) });
  expect(await client.ended).toMatchObject({ code: 1009 });
});

test("the log names the session and what was refused, and shows no token", async () => {
  const entries: LogEntry[] = [];
  const gateway = await start({
    session: echo,
    token: "good-token",
    log: (entry) => entries.push(entry),
  });
  const client = await EnvelopeClient.open(gateway.url, "good-token");
  client.send(ping, { auth_token: "bad-token" });
  await client.next();
  await gateway.close();
  expect(entries).toContainEqual({
    level: "warn",
    session: "s1",
    message: "UNAUTHORIZED: auth_token is not valid",
  });
  expect(JSON.stringify(entries)).not.toMatch(/good-token|bad-token/);
});

describe("the options", () => {
  test("need a command or a handler, not both", async () => {
    await expect(startGateway({})).rejects.toThrow(/`command` or `session`/);
    await expect(startGateway({ command: ["x"], session: echo })).rejects.toThrow(/received both/);
    await expect(startGateway({ command: [] })).rejects.toThrow(/empty list/);
  });

  test("need a token where others than this machine can connect", async () => {
    await expect(startGateway({ session: echo, host: "0.0.0.0" })).rejects.toThrow(/Expected a token for host 0.0.0.0/);
    const gateway = await start({ session: echo, host: "0.0.0.0", token: "good" });
    expect(gateway.url).toBe(`ws://127.0.0.1:${gateway.port}/mcp`);
  });

  test("do not take an empty token", async () => {
    await expect(startGateway({ session: echo, token: "" })).rejects.toThrow(/empty string/);
  });

  test("with a port that is taken are an error", async () => {
    const gateway = await start({ session: echo });
    await expect(startGateway({ session: echo, port: gateway.port })).rejects.toThrow(/EADDRINUSE/);
  });
});
