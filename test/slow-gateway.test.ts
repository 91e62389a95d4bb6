import { expect, it } from "vitest";

import { expectAlive } from "./support/expect-alive.ts";
import { ParanoidClient } from "./support/paranoid-client.ts";
import { type RouterOptions, spawnRouter } from "./support/spawn-router.ts";
import { type Asked, startTestGateway } from "./support/test-gateway.ts";

async function startClient(options: RouterOptions): Promise<ParanoidClient> {
  const client = new ParanoidClient(await spawnRouter(options));
  await client.initialize();
  await expectAlive(client);
  return client;
}

it.each([
  ["tools/list", { request_timeout_ms: 300 }],
  ["tools/call", { call_timeout_ms: 300 }],
  ["tools/call", { call_idle_timeout_ms: 300 }],
  ["company/unknown", { call_timeout_ms: 300 }],
])(
  "%s without an answer ends after %j, is cancelled at the gateway, and its late answer is dropped",
  async (method, local) => {
    let waiting: Asked | undefined;
    const test = await startTestGateway({
      [method]: (asked) => (waiting = asked),
      "notifications/cancelled": () => {
        waiting?.session.send(
          '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"p","progress":1}}',
        );
        waiting?.result('{"late":true}');
      },
    });
    const client = await startClient({ url: test.url, config: { local } });
    const cancelled = test.gateway.next(
      "received",
      ({ payload }) => payload?.includes("notifications/cancelled") === true,
    );
    const { error } = await client.request(method, { _meta: { progressToken: "p" } }, "slow");
    expect(error).toMatchObject({ code: -31003, data: { reason: "TIMEOUT", outcome: "unknown" } });
    expect(error?.message).toContain("may or may not have run");
    expect(JSON.parse((await cancelled).payload?.toString() ?? "")).toMatchObject({ params: { requestId: "slow" } });
    await expectAlive(client);
    await client.finish();
  },
);

it("progress keeps a call alive past its idle time, and not past its absolute time", async () => {
  const timers: NodeJS.Timeout[] = [];
  const test = await startTestGateway({
    "tools/call": ({ session }) => {
      let progress = 0;
      timers.push(
        setInterval(() => {
          const params = { progressToken: "p", progress: ++progress };
          session.send(JSON.stringify({ jsonrpc: "2.0", method: "notifications/progress", params }));
        }, 50),
      );
    },
  });
  const client = await startClient({
    url: test.url,
    config: { local: { call_idle_timeout_ms: 600, call_timeout_ms: 1500 } },
  });
  const startedAt = performance.now();
  const { error } = await client.request("tools/call", { _meta: { progressToken: "p" } });
  for (const timer of timers) clearInterval(timer);
  expect(error).toMatchObject({ code: -31003 });
  expect(performance.now() - startedAt).toBeGreaterThan(1400);
  expect(client.notifications.items.length).toBeGreaterThan(10);
  await client.finish();
});

it("a cancelled request is cancelled at the gateway, and neither its answer nor its progress reaches the client", async () => {
  let waiting: Asked | undefined;
  const test = await startTestGateway({
    "tools/call": (asked) => (waiting = asked),
    "notifications/cancelled": () => {
      waiting?.session.send(
        '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"p","progress":1}}',
      );
      waiting?.result('{"late":true}');
    },
  });
  const client = await startClient({ url: test.url });
  const arrived = test.gateway.next("received", ({ payload }) => payload?.includes("tools/call") === true);
  void client.request("tools/call", { _meta: { progressToken: "p" } }, "given up");
  await arrived;
  client.cancel("given up");
  await expectAlive(client);
  expect(test.asked.find(({ method }) => method === "notifications/cancelled")?.params).toEqual({
    requestId: "given up",
  });
  // Its id may be used again, and the answer is the second one's.
  const again = client.request("test/echo", { nonce: "second" }, "given up");
  expect((await again).result).toMatchObject({ nonce: "second" });
  await client.finish();
});

it("a handshake is not cancelled, whatever the client asks", async () => {
  let waiting: Asked | undefined;
  const test = await startTestGateway({ initialize: (asked) => (waiting = asked) });
  const client = new ParanoidClient(await spawnRouter({ url: test.url }));
  const arrived = test.gateway.next("received");
  const reply = client.request("initialize", {}, "hello");
  await arrived;
  client.notify("notifications/cancelled", { requestId: "hello" });
  await expectAlive(client);
  waiting?.result("{}");
  expect((await reply).result).toEqual({});
  expect(test.count("notifications/cancelled")).toBe(0);
  await client.finish();
});

it("a gateway that falls silent is noticed, its connection cut, and what was open ends", async () => {
  const test = await startTestGateway({
    "tools/call": ({ session }) => {
      // From now on it neither reads nor answers a ping.
      session.pause();
    },
  });
  const client = await startClient({
    url: test.url,
    config: { gateway: { connection: { keepalive_interval_ms: 200, timeout_ms: 400 } } },
  });
  const { error } = await client.request("tools/call", { name: "pay" });
  expect(error).toMatchObject({ code: -31002, data: { outcome: "unknown" } });
  await expectAlive(client);
  expect(test.connections).toBe(2);
  await client.finish();
});

it("an idle connection that answers pings is kept", async () => {
  const test = await startTestGateway();
  const client = await startClient({
    url: test.url,
    config: { gateway: { connection: { keepalive_interval_ms: 50, timeout_ms: 500 } } },
  });
  await new Promise((resolve) => setTimeout(resolve, 700));
  await expectAlive(client);
  expect(test.connections).toBe(1);
  await client.finish();
});
