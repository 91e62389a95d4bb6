import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { startGateway } from "@mcp-router/dev-gateway";

import { expectAlive, expectRecovery } from "./support/expect-alive.ts";
import { ParanoidClient } from "./support/paranoid-client.ts";
import { deadUrl } from "./support/run-router.ts";
import { SharedScope } from "./support/scope.ts";
import { type RouterOptions, spawnRouter } from "./support/spawn-router.ts";
import { type Asked, INITIALIZE_RESULT, startTestGateway, type TestGateway } from "./support/test-gateway.ts";

const started: ParanoidClient[] = [];

async function startClient(options: RouterOptions): Promise<ParanoidClient> {
  const client = new ParanoidClient(await spawnRouter(options));
  started.push(client);
  await client.initialize();
  await expectAlive(client);
  return client;
}

afterEach(async () => {
  for (const client of started.splice(0)) expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
});

/** How a gateway session may end while requests are open. */
const ENDS: { readonly [name: string]: (asked: Asked) => void } = {
  "cut without a word": ({ session }) => session.terminate(),
  "closed with 1000": ({ session }) => session.close(1000, "bye"),
  "closed with 1001": ({ session }) => session.close(1001, "going away"),
  "closed with 1008": ({ session }) => session.close(1008, "policy"),
  "closed with 1011": ({ session }) => session.close(1011, "internal error"),
  "closed with 1012": ({ session }) => session.close(1012, "restart"),
  "closed with 1013": ({ session }) => session.close(1013, "try again later"),
  "closed with 4401": ({ session }) => session.close(4401, "token expired"),
  "closed with 4403": ({ session }) => session.close(4403, "forbidden"),
  "ended by a text frame that is not UTF-8": ({ session }) =>
    session.sendFrame(Buffer.from([0xff, 0xfe]), { binary: false }),
  "ended by a binary frame that is not UTF-8": ({ session }) => session.sendFrame(Buffer.from([0xff, 0xfe])),
  "ended by bytes that are no frame": ({ session }) => session.sendBytes(Buffer.alloc(64, 0xff)),
  "ended in the middle of an answer": ({ session }) => {
    // A text frame of 1,000 bytes, of which 20 come.
    session.sendBytes(Buffer.concat([Buffer.from([0x81, 0x7e, 0x03, 0xe8]), Buffer.from('{"mcp_payload":{"jso')]));
    session.terminate();
  },
};

describe("a connection that is lost with requests open", () => {
  const scope = new SharedScope();
  let how = "";
  let lossyConnection = 0;
  let test: TestGateway;
  let client: ParanoidClient;

  beforeAll(async () => {
    test = await startTestGateway(
      {
        "tools/call": () => {},
        "tools/list": (asked) => {
          if (asked.connection === lossyConnection) ENDS[how]?.(asked);
          else asked.result('{"tools":[]}');
        },
      },
      { scope: scope.add },
    );
    client = new ParanoidClient(
      // Many losses and little traffic in no time: the budget for sending again is another test's.
      await spawnRouter({ url: test.url, config: { retry: { budget: 1000 } }, scope: scope.add }),
    );
    await client.initialize();
  });
  afterAll(async () => {
    try {
      expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
    } finally {
      await scope.close();
    }
  });

  // One session lives through all of them.
  it.each(Object.keys(ENDS))("%s: calls end as unknown and do not run twice, lists are asked again", async (name) => {
    await expectAlive(client);
    how = name;
    lossyConnection = test.connections;
    const calls = test.count("tools/call");
    const call = client.request("tools/call", { name: "pay" });
    const list = client.request("tools/list");
    expect((await call).error).toMatchObject({
      code: -31002,
      message: expect.stringContaining("may or may not have run"),
      data: { source: "mcp-router", reason: "UPSTREAM_LOST", outcome: "unknown" },
    });
    expect((await list).result).toEqual({ tools: [] });
    await expectAlive(client);
    expect(test.count("tools/call")).toBe(calls + 1);
    const next = `${lossyConnection + 1} `;
    expect(test.journal.filter((entry) => entry.startsWith(next))).toEqual([
      `${next}initialize`,
      `${next}notifications/initialized`,
      `${next}tools/list`,
      `${next}test/echo`,
    ]);
  });
});

it("a connection closed because a message was too large: what was open is not asked again", async () => {
  const test = await startTestGateway({ "tools/list": ({ session }) => session.close(1009, "message too big") });
  const client = await startClient({ url: test.url });
  expect((await client.request("tools/list")).error).toMatchObject({ code: -31002, data: { outcome: "unknown" } });
  await expectAlive(client);
  expect(test.count("tools/list")).toBe(1);
});

it("an answer over gateway.connection.max_message_bytes ends its request, which is not asked again", async () => {
  const test = await startTestGateway({ "tools/list": ({ result }) => result(`{"t":"${"x".repeat(300_000)}"}`) });
  const client = await startClient({
    url: test.url,
    config: { gateway: { connection: { max_message_bytes: 100_000 } } },
  });
  expect((await client.request("tools/list")).error).toMatchObject({ code: -31002 });
  await expectAlive(client);
  expect(test.count("tools/list")).toBe(1);
});

it("a list whose connection is cut every time ends after three attempts, and the session goes on", async () => {
  const test = await startTestGateway({ "tools/list": ({ session }) => session.terminate() });
  const client = await startClient({ url: test.url });
  expect((await client.request("tools/list")).error).toMatchObject({
    code: -31002,
    data: { outcome: "unknown", attempt: 3 },
  });
  await expectAlive(client);
  expect(test.count("tools/list")).toBe(3);
});

it("twenty cuts in a row lose no session: every connection begins with the handshake", async () => {
  const test = await startTestGateway({ "test/cut": ({ session }) => session.terminate() });
  const client = await startClient({ url: test.url });
  for (let round = 0; round < 20; round++) {
    expect((await client.request("test/cut")).error).toMatchObject({ code: -31002 });
    await expectAlive(client);
  }
  for (let connection = 1; connection <= test.connections; connection++) {
    const first = test.journal.filter((entry) => entry.startsWith(`${connection} `)).slice(0, 2);
    expect(first).toEqual([`${connection} initialize`, `${connection} notifications/initialized`]);
  }
});

it("of 1,000 requests in flight at a cut, each ends once, calls as unknown, and no call runs twice", async () => {
  const test = await startTestGateway({
    "tools/call": ({ session, params }) => {
      if (params["nonce"] === 999) session.terminate();
    },
    "tools/list": (asked) => {
      if (asked.connection > 1) asked.result(JSON.stringify({ tools: [], nonce: asked.params["nonce"] ?? null }));
    },
  });
  const client = await startClient({ url: test.url, config: { retry: { budget: 1000 } } });
  const replies = await Promise.all(
    Array.from({ length: 1000 }, (_, nonce) =>
      client.request(nonce % 5 === 0 ? "tools/list" : "tools/call", { nonce }),
    ),
  );
  for (const [nonce, { result, error }] of replies.entries()) {
    if (nonce % 5 === 0) expect(result).toEqual({ tools: [], nonce });
    else expect(error).toMatchObject({ code: -31002, data: { outcome: "unknown" } });
  }
  const calls = test.asked.filter(({ method }) => method === "tools/call").map(({ params }) => params["nonce"]);
  expect(calls.length).toBe(new Set(calls).size);
});

it("more lists in flight at a cut than may wait, or than the budget has: each ends once, and none claims that it never ran", async () => {
  const test = await startTestGateway({
    "tools/list": (asked) => {
      if (asked.connection > 1) asked.result('{"tools":[]}');
      else if (asked.params["nonce"] === 49) asked.session.terminate();
    },
  });
  const client = await startClient({ url: test.url, config: { local: { max_queued_requests: 10 } } });
  const replies = await Promise.all(Array.from({ length: 50 }, (_, nonce) => client.request("tools/list", { nonce })));
  const refused = replies.flatMap(({ error }) => (error === undefined ? [] : [error.data["outcome"]]));
  expect(replies.length - refused.length).toBeGreaterThanOrEqual(5);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.every((outcome) => outcome === "unknown")).toBe(true);
  await expectAlive(client);
});

it("requests made while the gateway is down wait, and are sent after the handshake when it is back", async () => {
  const first = await startTestGateway();
  const client = await startClient({ url: first.url });
  const { port } = first.gateway;
  await first.gateway.close();
  const call = client.request("tools/call", { name: "pay", nonce: "held" });
  const list = client.request("tools/list");
  // Malformed on purpose: its refusal shows that the two before it have been read.
  const read = client.expect("read");
  client.write('{"jsonrpc":"2.0","id":"read"}\n');
  await read;
  expect(client.open).toBe(2);

  const second = await startTestGateway({}, { port });
  expect((await call).result).toMatchObject({ nonce: "held" });
  expect((await list).result).toMatchObject({ method: "tools/list" });
  expect(second.journal).toEqual(["1 initialize", "1 notifications/initialized", "1 tools/call", "1 tools/list"]);
  const [initialize] = second.asked;
  // The version that was agreed, under an id that no client uses.
  expect(initialize?.params).toMatchObject({ protocolVersion: "2025-06-18", clientInfo: { name: "paranoid-client" } });
  expect(initialize?.id).not.toBe(first.asked[0]?.id);
});

it("a request cancelled while the gateway is down is neither sent nor answered", async () => {
  const first = await startTestGateway();
  const client = await startClient({ url: first.url });
  const { port } = first.gateway;
  await first.gateway.close();
  void client.request("tools/call", { name: "pay" }, "held").catch(() => {});
  client.cancel("held");
  const second = await startTestGateway({}, { port });
  await expectAlive(client);
  expect(second.journal).toEqual(["1 initialize", "1 notifications/initialized", "1 test/echo"]);
});

it("a gateway that came back with other tools makes the client look again, once", async () => {
  const other = INITIALIZE_RESULT.replace('"version":"1.0.0"', '"version":"2.0.0"');
  const test = await startTestGateway({
    initialize: (asked) => asked.result(asked.connection === 1 ? INITIALIZE_RESULT : other),
  });
  const client = await startClient({ url: test.url });
  test.gateway.dropConnections();
  expect(await client.notifications.next()).toMatchObject({ method: "notifications/tools/list_changed" });
  await expectAlive(client);
  expect(client.notifications.items).toEqual([]);
});

it("a gateway that came back with another protocol version: requests are told so, until it speaks the agreed one", async () => {
  let version = "2025-06-18";
  const test = await startTestGateway({
    initialize: ({ result }) => result(INITIALIZE_RESULT.replace("2025-06-18", version)),
  });
  const client = await startClient({ url: test.url, config: { local: { request_timeout_ms: 1000 } } });
  version = "2024-11-05";
  test.gateway.dropConnections();
  expect((await client.request("tools/call", { name: "pay" })).error).toMatchObject({
    code: -31001,
    message: expect.stringContaining("2024-11-05"),
    data: { reason: "UPSTREAM_UNAVAILABLE", outcome: "not_sent" },
  });
  expect(test.count("tools/call")).toBe(0);
  version = "2025-06-18";
  await expectRecovery(client);
});

it("a gateway that refuses the repeated handshake is asked again until it accepts it", async () => {
  let refusals = 3;
  const test = await startTestGateway({
    initialize: (asked) => {
      if (asked.connection === 1 || refusals-- <= 0) asked.result(INITIALIZE_RESULT);
      else asked.session.send(`{"jsonrpc":"2.0","id":${asked.id},"error":{"code":-32603,"message":"starting"}}`);
    },
  });
  const client = await startClient({ url: test.url });
  test.gateway.dropConnections();
  await expectRecovery(client);
  expect(test.connections).toBe(5);
  expect(test.journal.filter((entry) => /^[2-4] /.test(entry))).toEqual([
    "2 initialize",
    "3 initialize",
    "4 initialize",
  ]);
});

it("a gateway's own requests get new ids on later connections, are taken back when their connection is lost, and their answers never reach another", async () => {
  const test = await startTestGateway({
    "test/ask": ({ session, result }) => {
      session.send('{"jsonrpc":"2.0","id":0,"method":"roots/list","params":{"_meta":{"progressToken":0}}}');
      result("{}");
    },
  });
  const client = await startClient({ url: test.url });
  await client.request("test/ask");
  const first = await client.requests.next();
  test.gateway.dropConnections();
  expect(await client.notifications.next()).toMatchObject({
    method: "notifications/cancelled",
    params: { requestId: first.id },
  });
  await client.request("test/ask");
  const second = await client.requests.next();
  expect(second.id).not.toBe(first.id);

  const arrived = test.gateway.next("received", ({ payload }) => payload?.includes('"roots"') === true);
  client.answer(first, { roots: [{ uri: "file:///late" }] });
  client.answer(second, { roots: [] });
  expect((await arrived).payload?.toString()).toBe('{"jsonrpc":"2.0","id":0,"result":{"roots":[]}}');
});

it("a gateway that takes connections and cuts them at once is not dialled in a tight loop", async () => {
  const url = await deadUrl();
  let sessions = 0;
  const gateway = await startGateway({
    port: Number(new URL(url).port),
    session: (session) => {
      sessions++;
      session.terminate();
      return { receive() {} };
    },
  });
  const router = await spawnRouter({
    url,
    config: {
      gateway: { reconnect: { initial_delay_ms: 100, max_delay_ms: 1000 } },
      local: { initialize_hold_ms: 1500 },
    },
  });
  const client = new ParanoidClient(router);
  started.push(client);
  const reply = await client.request("initialize", {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "c", version: "1" },
  });
  expect(reply.error?.code).toBeLessThan(-31000);
  // Waits of 0, 200, 400, 800 ms fit into the hold.
  expect(sessions).toBeLessThan(10);
  await gateway.close();
});
