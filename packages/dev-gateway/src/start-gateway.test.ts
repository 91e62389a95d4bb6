import { afterEach, describe, expect, test } from "vitest";

import type { DevGateway } from "./dev-gateway.ts";
import type { FrameReceived, FrameSent } from "./events/gateway-events.ts";
import type { GatewayOptions } from "./gateway-options.ts";
import type { LogEntry } from "./log/log-entry.ts";
import type { Session } from "./session/session.ts";
import type { SessionFactory } from "./session/session-handler.ts";
import { startGateway } from "./start-gateway.ts";
import { EnvelopeClient } from "./testing/envelope-client.ts";
import { refusedUpgrade } from "./testing/refused-upgrade.ts";

const gateways: DevGateway[] = [];

async function start(options: GatewayOptions): Promise<DevGateway> {
  const gateway = await startGateway(options);
  gateways.push(gateway);
  return gateway;
}

/** Answers every request with the bytes of its payload. */
const echo: SessionFactory = (session) => ({
  receive: (payload, envelope) => {
    session.send(`{"jsonrpc":"2.0","id":1,"result":{"got":${payload.toString()}}}`, {
      ...(envelope.id !== undefined && { correlationId: envelope.id }),
    });
  },
});

const ping = { jsonrpc: "2.0", id: 1, method: "ping" };

afterEach(async () => {
  await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
});

describe("the upgrade", () => {
  test("says which gateway version answers", async () => {
    const gateway = await start({ session: echo });
    const client = await EnvelopeClient.open(gateway.url);
    expect(client.upgradeHeaders["x-mcp-gateway-version"]).toBe("2.0");
  });

  test("without a token is answered with 401 and a challenge", async () => {
    const gateway = await start({ session: echo, token: "good" });
    const refused = gateway.next("upgradeRefused");
    const { status, headers } = await refusedUpgrade(gateway.url);
    expect(status).toBe(401);
    expect(headers["www-authenticate"]).toBe('Bearer realm="mcp-router dev gateway"');
    expect(await refused).toMatchObject({ status: 401, url: "/mcp" });
  });

  test("with a wrong token is answered with 401 and invalid_token", async () => {
    const gateway = await start({ session: echo, token: "good" });
    const options = { headers: { Authorization: "Bearer bad" } };
    const { status, headers } = await refusedUpgrade(gateway.url, options);
    expect(status).toBe(401);
    expect(headers["www-authenticate"]).toContain('error="invalid_token"');
  });

  test("with another scheme than Bearer is answered with 401", async () => {
    const gateway = await start({ session: echo, token: "good" });
    const { status } = await refusedUpgrade(gateway.url, {
      headers: { Authorization: "Basic good" },
    });
    expect(status).toBe(401);
  });

  test("on another path is answered with 404", async () => {
    const gateway = await start({ session: echo });
    expect((await refusedUpgrade(gateway.url.replace("/mcp", "/other"))).status).toBe(404);
  });

  test("from a web page is answered with 403 unless its origin is allowed", async () => {
    const gateway = await start({ session: echo, allowedOrigins: ["https://good.example"] });
    expect((await refusedUpgrade(gateway.url, { origin: "https://evil.example" })).status).toBe(403);
    await EnvelopeClient.open(gateway.url, undefined, { origin: "https://good.example" });
  });

  test("takes no subprotocol", async () => {
    const gateway = await start({ session: echo });
    const client = await EnvelopeClient.open(gateway.url);
    expect(client.socket.protocol).toBe("");
  });

  test("can be refused by a hook, with status, headers and body", async () => {
    const onUpgrade = () => ({ status: 429, headers: { "Retry-After": "7" }, body: "slow down" });
    const gateway = await start({ session: echo, onUpgrade });
    const { status, headers, body } = await refusedUpgrade(gateway.url);
    expect({ status, body, wait: headers["retry-after"] }).toEqual({
      status: 429,
      body: "slow down",
      wait: "7",
    });
  });

  test("can be held by a hook, and gets the headers the hook gives", async () => {
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const gateway = await start({
      session: echo,
      async onUpgrade() {
        await held;
        return { status: 101, headers: { "X-RateLimit-Remaining": 3 } };
      },
    });
    const opening = EnvelopeClient.open(gateway.url);
    expect(gateway.sessions()).toHaveLength(0);
    letGo();
    expect((await opening).upgradeHeaders["x-ratelimit-remaining"]).toBe("3");
  });

  test("is answered with 500 when a hook fails", async () => {
    const onUpgrade = () => Promise.reject(new Error("no database"));
    const gateway = await start({ session: echo, onUpgrade });
    expect(await refusedUpgrade(gateway.url)).toMatchObject({ status: 500 });
  });

  test("that is still held does not keep the gateway from closing", async () => {
    let arrived = (): void => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const gateway = await start({
      session: echo,
      onUpgrade() {
        arrived();
        return new Promise(() => {});
      },
    });
    const opening = EnvelopeClient.open(gateway.url);
    await arrival;
    await Promise.all([gateway.close(), expect(opening).rejects.toThrow(/socket hang up|ECONNRESET/)]);
  });
});

describe("the token of a message", () => {
  test("that is wrong is answered with UNAUTHORIZED, correlated to the message, and nothing reaches the server", async () => {
    const gateway = await start({ session: echo, token: "good" });
    const client = await EnvelopeClient.open(gateway.url, "good");
    const id = client.send(ping, { auth_token: "stale" });
    const answer = await client.next();
    expect(answer).toMatchObject({
      source: "gateway",
      correlation_id: id,
      error: { code: "UNAUTHORIZED", details: {} },
    });
    expect(answer).not.toHaveProperty("mcp_payload");
    expect(client.frames).toHaveLength(1);
  });

  test("may be missing, and must not be where it is required", async () => {
    const lenient = await start({ session: echo, token: "good" });
    const strict = await start({ session: echo, token: "good", messageAuth: "required" });
    const first = await EnvelopeClient.open(lenient.url, "good");
    first.send(ping);
    expect(await first.next()).toHaveProperty("mcp_payload");
    const second = await EnvelopeClient.open(strict.url, "good");
    second.send(ping);
    expect(await second.next()).toMatchObject({ error: { code: "UNAUTHORIZED" } });
    second.send(ping, { auth_token: "good" });
    expect(await second.next()).toHaveProperty("mcp_payload");
  });

  test("is checked against the tokens of this moment", async () => {
    const gateway = await start({ session: echo, token: "old" });
    const client = await EnvelopeClient.open(gateway.url, "old");
    gateway.setTokens(["new"]);
    expect(gateway.token).toBe("new");
    client.send(ping, { auth_token: "old" });
    expect(await client.next()).toMatchObject({ error: { code: "UNAUTHORIZED" } });
    client.send(ping, { auth_token: "new" });
    expect(await client.next()).toHaveProperty("mcp_payload");
    expect((await refusedUpgrade(gateway.url, { headers: { Authorization: "Bearer old" } })).status).toBe(401);
    gateway.setTokens([]);
    expect((await refusedUpgrade(gateway.url, { headers: { Authorization: "Bearer new" } })).status).toBe(401);
  });
});

describe("an envelope", () => {
  test("may be nothing but a payload", async () => {
    const gateway = await start({ session: echo });
    const client = await EnvelopeClient.open(gateway.url);
    client.socket.send(`{"mcp_payload":${JSON.stringify(ping)}}`);
    expect(await client.next()).toMatchObject({ mcp_payload: { result: { got: ping } } });
  });

  test("may come in a binary frame", async () => {
    const gateway = await start({ session: echo });
    const client = await EnvelopeClient.open(gateway.url);
    client.socket.send(Buffer.from(`{"mcp_payload":${JSON.stringify(ping)}}`), { binary: true });
    expect(await client.next()).toMatchObject({ mcp_payload: { result: { got: ping } } });
  });

  test.each([
    ["text that is not JSON", "hello"],
    ["an array", "[]"],
    ["a bare JSON-RPC message", JSON.stringify(ping)],
    ["a batch as payload", '{"mcp_payload":[]}'],
    ["a metadata string", '{"metadata":"x","mcp_payload":{}}'],
    ["a numeric id", '{"id":1,"mcp_payload":{}}'],
    ["a timestamp that is no date", '{"timestamp":"yesterday-ish","mcp_payload":{}}'],
  ])("that is %s is answered with INVALID_REQUEST, and the session goes on", async (_name, text) => {
    const gateway = await start({ session: echo });
    const client = await EnvelopeClient.open(gateway.url);
    client.socket.send(text);
    expect(await client.next()).toMatchObject({
      error: { code: "INVALID_REQUEST", details: {} },
    });
    client.send(ping);
    expect(await client.next()).toHaveProperty("mcp_payload");
  });

  test("that is not UTF-8 is answered with INVALID_REQUEST", async () => {
    const gateway = await start({ session: echo });
    const client = await EnvelopeClient.open(gateway.url);
    client.socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: true });
    expect(await client.next()).toMatchObject({
      error: { code: "INVALID_REQUEST", message: expect.stringMatching(/UTF-8/) },
    });
  });

  test("for an unknown namespace is served by default and answered with NOT_FOUND where that is asked for", async () => {
    const open = await start({ session: echo });
    const first = await EnvelopeClient.open(open.url);
    first.send(ping, { target_namespace: "nowhere" });
    expect(await first.next()).toHaveProperty("mcp_payload");
    expect(open.sessions()[0]?.namespaces).toEqual(["nowhere"]);

    const strict = await start({
      session: echo,
      rejectUnknownNamespace: true,
      namespaces: ["k8s"],
    });
    const second = await EnvelopeClient.open(strict.url);
    const id = second.send(ping, { target_namespace: "nowhere" });
    expect(await second.next()).toMatchObject({ correlation_id: id, error: { code: "NOT_FOUND" } });
    for (const namespace of ["k8s", "tools", "system"]) {
      second.send(ping, { target_namespace: namespace });
      expect(await second.next()).toHaveProperty("mcp_payload");
    }
  });
});

describe("the json-rpc wire", () => {
  test("carries bare messages both ways", async () => {
    const gateway = await start({
      session: echo,
      wire: "json-rpc",
      token: "good",
      messageAuth: "required",
    });
    const client = await EnvelopeClient.open(gateway.url, "good");
    client.socket.send(JSON.stringify(ping));
    expect(await client.next()).toEqual({ jsonrpc: "2.0", id: 1, result: { got: ping } });
  });

  test("answers an envelope with a JSON-RPC error", async () => {
    const gateway = await start({ session: echo, wire: "json-rpc" });
    const client = await EnvelopeClient.open(gateway.url);
    client.send(ping);
    expect(await client.next()).toMatchObject({ id: null, error: { code: -32600 } });
  });
});

describe("a handler of one's own", () => {
  test("can put anything on the wire", async () => {
    const sessions: Session[] = [];
    const gateway = await start({
      session(session) {
        sessions.push(session);
        return { receive() {} };
      },
    });
    const client = await EnvelopeClient.open(gateway.url);
    const [session] = sessions;
    session?.sendFrame("garbage");
    session?.send('{"jsonrpc":"2.0","id":99,"result":null}');
    session?.send('[{"jsonrpc":"2.0","id":1,"result":{}}]');
    session?.send('{"jsonrpc":"2.0","method":"bye"}', { raw: true });
    session?.send('{"jsonrpc":"2.0","method":"x"}', {
      correlationId: "c",
      metadata: { auth: { token: "t" } },
    });
    session?.sendFault({
      code: "RATE_LIMIT_EXCEEDED",
      message: "wait",
      details: { retry_after: 2 },
    });
    // The second byte promises four more.
    session?.sendBytes(Buffer.from([0x81, 0x04]));
    session?.terminate();
    expect(await client.ended).toMatchObject({ code: 1006 });
    const [garbage, nullResult, batch, raw, noted, fault] = client.frames;
    expect(garbage).toBe("garbage");
    expect(nullResult).toContain('"mcp_payload":{"jsonrpc":"2.0","id":99,"result":null}}');
    expect(batch).toContain('"mcp_payload":[{"jsonrpc":"2.0","id":1,"result":{}}]}');
    expect(raw).toBe('{"jsonrpc":"2.0","method":"bye"}');
    expect(JSON.parse(noted ?? "")).toMatchObject({
      correlation_id: "c",
      metadata: { auth: { token: "t" } },
    });
    expect(JSON.parse(fault ?? "")).toMatchObject({
      error: { code: "RATE_LIMIT_EXCEEDED", details: { retry_after: 2 } },
    });
  });

  test("that cannot be made ends its session with 1011", async () => {
    const gateway = await start({
      session() {
        throw new Error("no");
      },
    });
    const client = await EnvelopeClient.open(gateway.url);
    expect(await client.ended).toMatchObject({ code: 1011 });
  });

  test("is closed once when its client leaves", async () => {
    let closed = 0;
    const gateway = await start({
      session: () => ({ receive() {}, close: () => void (closed += 1) }),
    });
    const ended = gateway.next("sessionClosed");
    const client = await EnvelopeClient.open(gateway.url);
    await client.close();
    expect(await ended).toMatchObject({ code: 1005 });
    await gateway.close();
    expect(closed).toBe(1);
  });

  test("hears when a slow client has caught up", async () => {
    let caughtUp = (): void => {};
    const drained = new Promise<void>((resolve) => {
      caughtUp = resolve;
    });
    const big = JSON.stringify({
      jsonrpc: "2.0",
      method: "big",
      params: "x".repeat(11 * 1024 * 1024),
    });
    const answers: boolean[] = [];
    const gateway = await start({
      session: (session) => ({
        receive: () => void answers.push(session.send(big)),
        drained: caughtUp,
      }),
    });
    const client = await EnvelopeClient.open(gateway.url);
    client.socket.pause();
    const received = gateway.next("received");
    client.send(ping);
    await received;
    client.socket.resume();
    await drained;
    expect(answers).toEqual([false]);
    expect(await client.next()).toMatchObject({ mcp_payload: { method: "big" } });
  });
});

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
