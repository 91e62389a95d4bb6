import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server } from "node:net";

import { describe, expect, it } from "vitest";

import { expectAlive } from "./support/expect-alive.ts";
import type { JsonObject } from "./support/json.ts";
import { ParanoidClient, type Reply } from "./support/paranoid-client.ts";
import { deadUrl } from "./support/run-router.ts";
import { untilTestEnds } from "./support/scope.ts";
import { type RouterOptions, spawnRouter } from "./support/spawn-router.ts";
import { startTestGateway } from "./support/test-gateway.ts";

const DISCOVER: JsonObject = {
  _meta: {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": { name: "claude-code", version: "2.1.330" },
  },
};
const INITIALIZE: JsonObject = {
  protocolVersion: "2025-06-18",
  capabilities: { roots: {}, elicitation: {} },
  clientInfo: { name: "claude-code", version: "2.1.330" },
};
/** Claude waits min(3 s, MCP_TIMEOUT / 3) for the answer to its probe. */
const PROBE = { timeout: "1800", windowMs: 600 };

/** Starts the router and waits until it reads, so that a time measured is the router's and not that of its start. */
async function startClient(options: RouterOptions): Promise<ParanoidClient> {
  const client = new ParanoidClient(await spawnRouter(options));
  const ready = client.expect("ready");
  client.write('{"jsonrpc":"2.0","id":"ready"}\n');
  await ready;
  return client;
}

async function timed(reply: Promise<Reply>): Promise<Reply & { readonly tookMs: number }> {
  const startedAt = performance.now();
  return { ...(await reply), tookMs: performance.now() - startedAt };
}

/** A server that is no gateway; gives the address under which a gateway would be. */
async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  untilTestEnds(() => server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return `ws://127.0.0.1:${address.port}/mcp`;
}

/** A gateway whose host takes connections and says nothing, ever. */
async function silentUrl(): Promise<string> {
  return await listen(createServer((socket) => untilTestEnds(() => socket.destroy())));
}

describe("the probe with server/discover", () => {
  it("is answered by a server that knows it", async () => {
    const result =
      '{"supportedVersions":["2026-07-28"],"capabilities":{},"serverInfo":{"name":"modern","version":"1"}}';
    const test = await startTestGateway({ "server/discover": (asked) => asked.result(result) });
    const client = await startClient({ url: test.url, env: { MCP_TIMEOUT: PROBE.timeout } });
    const reply = await timed(client.request("server/discover", DISCOVER));
    expect(JSON.stringify(reply.result)).toBe(result);
    expect(reply.tookMs).toBeLessThan(PROBE.windowMs);
    // A client of that era makes no handshake, and the router invents none.
    await expectAlive(client);
    test.gateway.dropConnections();
    await expectAlive(client);
    expect(test.journal).toEqual(["1 server/discover", "1 test/echo", "2 test/echo"]);
    await client.finish();
  });

  it("is answered by a server that does not know it, and initialize follows on the same connection", async () => {
    const test = await startTestGateway({
      "server/discover": ({ session, id }) =>
        session.send(`{"jsonrpc":"2.0","id":${id},"error":{"code":-32601,"message":"Method not found"}}`),
    });
    const client = await startClient({ url: test.url, env: { MCP_TIMEOUT: PROBE.timeout } });
    const reply = await timed(client.request("server/discover", DISCOVER));
    expect(reply.error).toMatchObject({ code: -32601, message: "Method not found" });
    expect(reply.tookMs).toBeLessThan(PROBE.windowMs);
    expect((await client.initialize()).result).toMatchObject({ serverInfo: { name: "test-server" } });
    await client.finish();
    expect(test.connections).toBe(1);
  });

  it("ends in an error in time when the server says nothing, and a late answer is dropped", async () => {
    let late = (): void => {};
    const test = await startTestGateway({
      "server/discover": ({ result }) => (late = () => result("{}")),
      initialize: ({ result }) => {
        late();
        result('{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":"slow","version":"1"}}');
      },
    });
    const client = await startClient({ url: test.url, env: { MCP_TIMEOUT: PROBE.timeout } });
    const reply = await timed(client.request("server/discover", DISCOVER));
    expect(reply.error).toMatchObject({ data: { source: "mcp-router" } });
    expect(reply.tookMs).toBeLessThan(PROBE.windowMs);
    const { lines } = client;
    expect((await client.initialize()).result).toMatchObject({ serverInfo: { name: "slow" } });
    expect(client.lines).toBe(lines + 1);
    // A server of that time may not know that cancels exist for it.
    expect(test.journal).toEqual(["1 server/discover", "1 initialize"]);
    await client.finish();
  });

  it("ends in an error within 70 % of 3 s when nothing else is configured", async () => {
    const test = await startTestGateway({ "server/discover": () => {} });
    const client = await startClient({ url: test.url });
    const reply = await timed(client.request("server/discover", DISCOVER));
    expect(reply.error).toBeDefined();
    expect(reply.tookMs).toBeGreaterThan(1900);
    expect(reply.tookMs).toBeLessThan(2800);
    await client.finish();
  });

  it.each([
    ["away", deadUrl],
    ["silent", silentUrl],
  ])("ends in an error in time when the gateway is %s, and so does initialize", async (_name, addressOf) => {
    const url = await addressOf();
    const client = await startClient({
      url,
      env: { MCP_TIMEOUT: PROBE.timeout },
      config: { gateway: { connection: { timeout_ms: 300 } }, local: { initialize_hold_ms: 1200 } },
    });
    const probe = await timed(client.request("server/discover", DISCOVER));
    expect(probe.tookMs).toBeLessThan(PROBE.windowMs);
    expect(probe.error).toMatchObject({ code: -31001, data: { outcome: "not_sent" } });
    const { error } = await client.request("initialize", INITIALIZE);
    expect(error).toMatchObject({ code: -31001, data: { reason: "UPSTREAM_UNAVAILABLE", outcome: "not_sent" } });
    expect(error?.message).toContain(new URL(url).host);
    await client.finish();
  });
});

describe("initialize without a gateway", () => {
  it("is held for local.initialize_hold_ms from the start of the process, and then names the cause", async () => {
    const url = await deadUrl();
    const router = await spawnRouter({
      url,
      config: { gateway: { connection: { timeout_ms: 500 } }, local: { initialize_hold_ms: 1000 } },
    });
    const reply = await timed(new ParanoidClient(router).request("initialize", INITIALIZE));
    expect(reply.error).toMatchObject({
      code: -31001,
      data: { source: "mcp-router", outcome: "not_sent", retryable: true },
    });
    expect(reply.error?.message).toMatch(/ECONNREFUSED|refused/);
    expect(reply.error?.message).toContain(new URL(url).host);
    expect(reply.tookMs).toBeGreaterThan(900);
    expect(reply.tookMs).toBeLessThan(4000);
  });

  it("is answered as soon as the gateway is there", async () => {
    const url = await deadUrl();
    const client = await startClient({ url, config: { local: { initialize_hold_ms: 15_000 } } });
    const reply = client.request("initialize", INITIALIZE);
    await client.router.says("ECONNREFUSED");
    await startTestGateway({}, { port: Number(new URL(url).port) });
    expect((await reply).result).toMatchObject({ serverInfo: { name: "test-server" } });
    await client.finish();
  });

  it("fails, and the next try works when the gateway is back", async () => {
    const url = await deadUrl();
    const client = await startClient({
      url,
      config: { gateway: { connection: { timeout_ms: 500 } }, local: { initialize_hold_ms: 100 } },
    });
    expect((await client.request("initialize", INITIALIZE)).error?.code).toBe(-31001);
    const test = await startTestGateway({}, { port: Number(new URL(url).port) });
    expect((await client.initialize()).result).toMatchObject({ serverInfo: { name: "test-server" } });
    await expectAlive(client);
    expect(test.journal).toEqual(["1 initialize", "1 notifications/initialized", "1 test/echo"]);
    await client.finish();
  });

  it.each([
    [401, -31007, "rejected the token"],
    [403, -31007, "403"],
    [404, -31001, "404"],
    [426, -31001, "426"],
    [200, -31001, "web server"],
    [302, -31001, "redirect"],
  ])("is answered at once when the gateway says %i", async (status, code, says) => {
    const elsewhere: unknown[] = [];
    const target = await listen(
      createHttpServer((request, response) => {
        elsewhere.push(request.headers);
        response.end();
      }),
    );
    const location = target.replace("ws:", "http:");
    const test = await startTestGateway(
      {},
      { onUpgrade: () => ({ status, headers: { Location: location }, body: "no" }) },
    );
    const client = await startClient({
      url: test.url,
      config: { gateway: { auth: { type: "bearer", token_env: "TOKEN" } }, local: { initialize_hold_ms: 30_000 } },
      env: { TOKEN: "secret-canary-token" },
    });
    const reply = await timed(client.request("initialize", INITIALIZE));
    expect(reply.error).toMatchObject({ code, message: expect.stringContaining(says), data: { retryable: false } });
    expect(reply.tookMs).toBeLessThan(3000);
    expect(elsewhere).toEqual([]);
    expect(reply.line.toString() + client.router.stderr).not.toContain("canary");
    // The session lives on: the user may mend the gateway.
    const again = await client.request("tools/list");
    expect(again.error?.code).toBe(code);
    await client.finish();
  });

  it("is answered at once when TLS finds no TLS", async () => {
    const test = await startTestGateway();
    const client = await startClient({
      url: test.url.replace("ws:", "wss:"),
      config: { local: { initialize_hold_ms: 30_000 } },
    });
    const reply = await timed(client.request("initialize", INITIALIZE));
    expect(reply.error).toMatchObject({
      code: -31001,
      message: expect.stringMatching(/TLS/),
      data: { retryable: false },
    });
    expect(reply.tookMs).toBeLessThan(3000);
    await client.finish();
  });

  it("is answered at once when something else than a web server is on the port", async () => {
    const url = await listen(createServer((socket) => socket.on("error", () => {}).end("SSH-2.0-OpenSSH_9.7\r\n")));
    const client = await startClient({ url, config: { local: { initialize_hold_ms: 30_000 } } });
    const reply = await timed(client.request("initialize", INITIALIZE));
    expect(reply.error).toMatchObject({ code: -31001, data: { retryable: false } });
    expect(reply.tookMs).toBeLessThan(3000);
    await client.finish();
  });

  it("waits out a gateway that is starting: 503, 503, then open", async () => {
    let refusals = 2;
    const test = await startTestGateway({}, { onUpgrade: () => (refusals-- > 0 ? { status: 503 } : undefined) });
    const client = await startClient({ url: test.url });
    expect((await client.initialize()).result).toMatchObject({ serverInfo: { name: "test-server" } });
    await client.finish();
  });

  it("names a 503 that does not go away", async () => {
    const test = await startTestGateway({}, { onUpgrade: () => ({ status: 503, body: "upstream is down" }) });
    const client = await startClient({
      url: test.url,
      config: { gateway: { connection: { timeout_ms: 500 } }, local: { initialize_hold_ms: 600 } },
    });
    expect((await client.request("initialize", INITIALIZE)).error).toMatchObject({
      code: -31001,
      message: expect.stringContaining("503"),
      data: { retryable: true },
    });
    await client.finish();
  });

  it("comes back no sooner than a gateway with 429 and Retry-After asks", async () => {
    const dials: number[] = [];
    const test = await startTestGateway(
      {},
      {
        onUpgrade: () =>
          dials.push(performance.now()) === 1 ? { status: 429, headers: { "Retry-After": "1" } } : undefined,
      },
    );
    const client = await startClient({ url: test.url, config: { local: { initialize_hold_ms: 10_000 } } });
    expect((await client.initialize()).result).toBeDefined();
    expect((dials[1] ?? 0) - (dials[0] ?? 0)).toBeGreaterThan(950);
    await client.finish();
  });
});

it("a process that is started, looked at and ended has dialled nothing and written nothing", async () => {
  let connections = 0;
  const url = await listen(createServer(() => connections++));
  const plugin = `
    import { definePlugin } from "@mcp-router/core/plugin";
    export default definePlugin({ name: "watcher", apiVersion: "^1.0", apply(host) {
      host.hooks.onStart.tap(() => console.error("the router reads"));
      host.hooks.onLinkState.tap(({ state }) => console.error("link " + state));
    } });`;
  const router = await spawnRouter({ url, words: ["--plugin", "./watcher.mjs"], files: { "watcher.mjs": plugin } });
  await router.says("the router reads");
  const files = await readdir(router.directory);
  router.child.kill("SIGTERM");
  expect(await router.ended).toEqual({ exitCode: 0, signal: null });
  expect(connections).toBe(0);
  expect(router.stderr).not.toMatch(/link (connecting|open)/);
  expect(files.toSorted()).toEqual(["mcp-router.json", "watcher.mjs"]);
});

it("three routers started at once on one configuration all serve", async () => {
  const test = await startTestGateway();
  const clients = await Promise.all([1, 2, 3].map(() => startClient({ url: test.url })));
  const replies = await Promise.all(clients.map((client) => client.initialize()));
  expect(replies.every(({ result }) => result !== undefined)).toBe(true);
  const ends = await Promise.all(clients.map((client) => client.finish()));
  expect(ends.every(({ exitCode }) => exitCode === 0)).toBe(true);
  expect(test.connections).toBe(3);
});
