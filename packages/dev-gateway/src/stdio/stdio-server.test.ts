import { afterEach, describe, expect, test } from "vitest";

import type { DevGateway } from "../dev-gateway.ts";
import { isJsonObject } from "../envelope/json-value.ts";
import type { GatewayOptions } from "../gateway-options.ts";
import type { LogEntry } from "../log/log-entry.ts";
import { wrapSession } from "../session/wrap-session.ts";
import { startGateway } from "../start-gateway.ts";
import { EnvelopeClient } from "../testing/envelope-client.ts";
import { fixtureServer } from "../testing/fixture-server.ts";
import { processIsAlive } from "../testing/process-is-alive.ts";
import { stdioServer } from "./stdio-server.ts";

const gateways: DevGateway[] = [];
const entries: LogEntry[] = [];

async function open(options: GatewayOptions = { command: fixtureServer }): Promise<EnvelopeClient> {
  const gateway = await startGateway({ log: (entry) => entries.push(entry), ...options });
  gateways.push(gateway);
  return EnvelopeClient.open(gateway.url);
}

async function serverPid(client: EnvelopeClient): Promise<number> {
  const { result } = await client.request({ id: "pid", method: "pid" });
  return isJsonObject(result) ? Number(result["got"]) : Number.NaN;
}

afterEach(async () => {
  await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
  entries.length = 0;
});

describe("a message", () => {
  test("passes byte for byte in both directions", async () => {
    const client = await open();
    const payload =
      '{"jsonrpc": "2.0", "id": 9007199254740993, "method": "x", "params": {"b":1.0,"a":12345678901234567890,"b":1e400,"é":"\\ud800\\u00e9"}}';
    const id = client.send(payload);
    await client.next((envelope) => envelope["correlation_id"] === id);
    expect(client.frames.at(-1)).toContain(
      `,"mcp_payload":{"jsonrpc":"2.0","id":9007199254740993,"result":{"got":${payload}}}}`,
    );
  });

  test("that is printed over several lines reaches the server as one", async () => {
    const client = await open();
    client.send('{"jsonrpc":"2.0",\r\n  "id":1,\n  "method":"x"}');
    await client.nextMessage(({ id }) => id === 1);
    expect(client.frames.at(-1)).toContain('{"jsonrpc":"2.0",    "id":1,   "method":"x"}');
  });

  test("may have 8 MB", async () => {
    const client = await open();
    const text = "0123456789abcde\\n".repeat(512 * 1024);
    const payload = `{"jsonrpc":"2.0","id":"big","method":"x","params":"${text}"}`;
    client.send(payload);
    await client.nextMessage(({ id }) => id === "big");
    expect(client.frames.at(-1)?.includes(payload)).toBe(true);
  });
});

test("every session has a server of its own, which ends with it", async () => {
  const first = await open();
  const [gateway] = gateways;
  const second = await EnvelopeClient.open(gateway?.url ?? "");
  const [one, two] = await Promise.all([serverPid(first), serverPid(second)]);
  expect(one).not.toBe(two);
  await first.close();
  await second.close();
  await gateway?.close();
  expect([one, two].map(processIsAlive)).toEqual([false, false]);
});

test("a server that ends by itself closes its session with 1011 and says why", async () => {
  const client = await open();
  client.send({ jsonrpc: "2.0", method: "die" });
  expect(await client.ended).toEqual({ code: 1011, reason: "the server ended (exit code 3)" });
});

test("a server that cannot be started closes its session with 1011 and says why", async () => {
  const client = await open({ command: ["/nonexistent/server"] });
  expect(await client.ended).toMatchObject({
    code: 1011,
    reason: expect.stringMatching(/could not be started.*ENOENT/),
  });
});

test("what a server writes to stdout without being JSON is dropped and logged", async () => {
  const client = await open();
  await client.request({ id: 1, method: "babble" });
  expect(client.frames).toHaveLength(1);
  expect(entries).toContainEqual(
    expect.objectContaining({
      level: "warn",
      session: "s1",
      message: expect.stringMatching(/not JSON/),
    }),
  );
});

test("what a server writes to stderr goes to the log under its session", async () => {
  const written = new Promise<LogEntry>((resolve) => {
    const log = (entry: LogEntry): void => {
      if (entry.origin === "stderr") resolve(entry);
    };
    void open({ command: fixtureServer, log });
  });
  expect(await written).toEqual({
    level: "info",
    session: "s1",
    origin: "stderr",
    message: "fixture ready",
  });
});

test("a server that answers above the limit loses its session, not the gateway", async () => {
  const client = await open({
    session: stdioServer({ command: fixtureServer, maxMessageBytes: 100 }),
  });
  client.send({ jsonrpc: "2.0", id: 1, method: "x".repeat(100) });
  expect(await client.ended).toMatchObject({
    code: 1011,
    reason: expect.stringMatching(/above 100 bytes/),
  });
});

test("a server that ignores the end of stdin and SIGTERM is killed", async () => {
  const client = await open({
    command: [...fixtureServer, "--stubborn"],
    deadlines: { stdinMs: 10, terminateMs: 200 },
  });
  const pid = await serverPid(client);
  await gateways[0]?.close();
  expect(processIsAlive(pid)).toBe(false);
  expect(entries).toContainEqual(expect.objectContaining({ origin: "stderr", message: "not yet" }));
});

test("a server behind a shell ends with it", async () => {
  const client = await open({
    command: ["sh", "-c", `"${fixtureServer.join('" "')}"; exit 0`],
    deadlines: { stdinMs: 0, terminateMs: 1000 },
  });
  const pid = await serverPid(client);
  await gateways[0]?.close();
  // It is a grandchild: nobody tells us of its very end, which comes just after that of its pipes.
  await expect.poll(() => processIsAlive(pid)).toBe(false);
});

test("a killed gateway leaves no server behind", async () => {
  const client = await open({ command: [...fixtureServer, "--stubborn"] });
  const pid = await serverPid(client);
  const closed = gateways[0]?.next("sessionClosed");
  gateways[0]?.kill();
  await closed;
  await gateways[0]?.close();
  expect(processIsAlive(pid)).toBe(false);
});

test("a server that is slow to read slows its client down", async () => {
  const client = await open({
    command: [process.execPath, "-e", "setTimeout(() => {}, 100000)"],
    deadlines: { stdinMs: 0, terminateMs: 1000 },
  });
  const received = gateways[0]?.next("received");
  const message = { jsonrpc: "2.0", method: "x".repeat(1024 * 1024) };
  for (let count = 0; count < 32; count += 1) client.send(message);
  await received;
  // The gateway took one message and what fits into the sockets between; the rest waits at the client.
  expect(client.socket.bufferedAmount).toBeGreaterThan(16 * 1024 * 1024);
  expect(gateways[0]?.sessions()[0]?.received).toBeLessThan(8);
  client.socket.terminate();
});

test("the handler of a server can be wrapped to change what passes", async () => {
  const server = stdioServer({ command: fixtureServer });
  const client = await open({
    session: (session) =>
      server(
        wrapSession(session, {
          send: (payload, options) => session.send(payload, options) && session.send(payload, options),
        }),
      ),
  });
  const envelopeId = client.send({ jsonrpc: "2.0", id: 1, method: "x" });
  expect(await client.next()).toMatchObject({ correlation_id: envelopeId, mcp_payload: { id: 1 } });
  const again = await client.next();
  expect(again).toMatchObject({ mcp_payload: { id: 1 } });
  expect(again).not.toHaveProperty("correlation_id");
});
