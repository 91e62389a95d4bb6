import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { expectAlive } from "./support/expect-alive.ts";
import { fixtureFiles } from "./support/fixture-files.ts";
import { ParanoidClient } from "./support/paranoid-client.ts";
import { SharedScope } from "./support/scope.ts";
import { type RouterOptions, spawnRouter } from "./support/spawn-router.ts";
import { startTestGateway, type TestGateway } from "./support/test-gateway.ts";

const GUARDIAN = fixtureFiles("guardian/package.json", "guardian/src/index.ts", "guardian/src/policy.ts");

async function startClient(options: RouterOptions): Promise<ParanoidClient> {
  const client = new ParanoidClient(await spawnRouter(options));
  await client.initialize();
  return client;
}

describe("a plugin package and a lone file, both in TypeScript and outside the repository", () => {
  const scope = new SharedScope();
  let test: TestGateway;
  let client: ParanoidClient;

  beforeAll(async () => {
    test = await startTestGateway(
      {
        "policy/mask": ({ result }) => result('{"secret":"canary","n":9007199254740993, "kept": 1.0}'),
        "test/noise": ({ session, result }) => {
          session.send('{"jsonrpc":"2.0","method":"notifications/noise"}');
          session.send('{"jsonrpc":"2.0","method":"notifications/signal"}');
          result("{}");
        },
        "test/ask": ({ session, result }) => {
          session.send('{"jsonrpc":"2.0","id":"s1","method":"sampling/createMessage","params":{}}');
          result("{}");
        },
      },
      { scope: scope.add },
    );
    client = await startClient({
      url: test.url,
      config: { plugins: [{ use: "./guardian", with: { deny: ["delete_all"], user: "alice" } }] },
      words: ["--plugin", "./watcher.ts"],
      files: { ...GUARDIAN, ...fixtureFiles("watcher.ts") },
      scope: scope.add,
    });
    await expectAlive(client);
  });
  afterAll(() => scope.close());

  it("rejects a call, which the gateway never sees", async () => {
    const { error } = await client.request("tools/call", { name: "delete_all" });
    expect(error).toMatchObject({
      code: -31011,
      message: "delete_all is denied to alice; it was not sent",
      data: { reason: "PLUGIN_REJECTED", outcome: "not_sent", retryable: false },
    });
    expect(test.count("tools/call")).toBe(0);
  });

  it("lets other calls pass, edits one member, and chooses the namespace", async () => {
    const arrived = test.gateway.next("received", ({ payload }) => payload?.includes("tools/call") === true);
    const reply = client.expect("edited");
    client.write(
      '{"jsonrpc":"2.0", "id":"edited","method":"tools/call","params":{"name":"pay","n":9007199254740993, "x":1.0}}\n',
    );
    const { payload, envelope } = await arrived;
    expect(payload?.toString()).toBe(
      '{"jsonrpc":"2.0", "id":"edited","method":"tools/call","params":{"name":"pay","n":9007199254740993, "x":1.0,"user":"alice"}}',
    );
    expect(envelope?.target_namespace).toBe("guarded");
    expect((await reply).result).toMatchObject({ method: "tools/call" });
  });

  it("answers in the gateway's place", async () => {
    const { result } = await client.request("policy/answer", { a: 1 });
    expect(result).toMatchObject({ user: "alice", params: expect.stringContaining('"a":1') });
    expect(test.count("policy/answer")).toBe(0);
  });

  it("drops a notification; a request that it drops is answered all the same", async () => {
    client.notify("notifications/drop");
    expect((await client.request("policy/drop")).error).toMatchObject({
      code: -31011,
      message: expect.stringContaining("guardian"),
      data: { outcome: "not_sent" },
    });
    expect([test.count("notifications/drop"), test.count("policy/drop")]).toEqual([0, 0]);
  });

  it("holds single requests while everything else goes on, and a held one can be cancelled", async () => {
    const held = client.request("policy/hold", { nonce: "held" });
    const refused = client.request("policy/hold-to-reject");
    void client.request("policy/hold", {}, "cancelled");
    client.cancel("cancelled");
    await expectAlive(client);
    expect(test.count("policy/hold")).toBe(0);
    client.notify("notifications/release");
    expect((await held).result).toMatchObject({ nonce: "held" });
    expect((await refused).error).toMatchObject({ code: -31011, message: "released to be refused" });
    expect([test.count("policy/hold"), test.count("policy/hold-to-reject")]).toEqual([1, 0]);
  });

  it("edits an answer and leaves its other bytes alone", async () => {
    const { line } = await client.request("policy/mask", {}, "masked");
    expect(line.toString()).toBe(
      '{"jsonrpc":"2.0","id":"masked","result":{"secret":"***","n":9007199254740993, "kept": 1.0}}',
    );
  });

  it("replaces an answer", async () => {
    expect((await client.request("policy/replace")).result).toEqual({ replaced: true });
    expect(test.count("policy/replace")).toBe(1);
  });

  it("keeps a notification of the gateway from the client", async () => {
    await client.request("test/noise");
    expect((await client.notifications.next()).method).toBe("notifications/signal");
  });

  it("answers a request of the gateway in the client's place", async () => {
    const arrived = test.gateway.next("received", ({ payload }) => payload?.includes('"s1"') === true);
    await client.request("test/ask");
    expect((await arrived).payload?.toString()).toBe(
      '{"jsonrpc":"2.0","id":"s1","result":{"role":"assistant","model":"guardian"}}',
    );
    expect(client.requests.items).toEqual([]);
  });

  it("observes everything, and what it prints on stdout goes to stderr", async () => {
    test.gateway.dropConnections();
    await expectAlive(client);
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
    const { stderr } = client.router;
    for (const seen of [
      { hook: "beforeSend", what: "tools/call" },
      { hook: "onFrame", what: "response", more: "test/echo" },
      { hook: "onSettled", what: "tools/call", more: "not_sent by guardian" },
      { hook: "onSettled", what: "tools/call", more: "executed by gateway" },
      { hook: "onSettled", what: "policy/hold", more: "cancelled by client" },
      { hook: "onLinkState", what: "connecting open lost connecting open" },
      { hook: "onError", what: "PLUGIN_REJECTED" },
      { hook: "dispose", what: "stop" },
    ]) {
      expect(stderr).toContain(JSON.stringify(seen));
    }
  });
});

describe("a plugin that throws", () => {
  const THROWER = { words: ["--plugin", "./thrower.ts"], files: fixtureFiles("thrower.ts") };

  it.each(["beforeSend", "beforeSend:transform", "unprintable"])(
    "where it decides on requests (%s): that request is refused unsent, and the others go on",
    async (where) => {
      const test = await startTestGateway();
      const client = await startClient({ url: test.url, ...THROWER, env: { THROW_IN: where } });
      client.notify("notifications/boom");
      expect((await client.request("test/boom")).error).toMatchObject({
        code: -31011,
        message: expect.stringContaining("thrower"),
        data: { reason: "PLUGIN_FAILED", outcome: "not_sent" },
      });
      await expectAlive(client);
      expect([test.count("test/boom"), test.count("notifications/boom")]).toEqual([0, 0]);
      await client.finish();
    },
  );

  it("where it decides on answers: that answer is withheld, and said to be", async () => {
    const test = await startTestGateway({
      "test/boom": ({ session, result }) => {
        session.send('{"jsonrpc":"2.0","method":"notifications/boom"}');
        result('{"secret":true}');
      },
    });
    const client = await startClient({ url: test.url, ...THROWER, env: { THROW_IN: "onFrame" } });
    expect((await client.request("test/boom")).error).toMatchObject({
      code: -31011,
      data: { reason: "PLUGIN_FAILED", outcome: "executed" },
    });
    await expectAlive(client);
    expect(client.notifications.items).toEqual([]);
    await client.finish();
  });

  it("wherever it only observes: everything goes on, and stderr names it and the hook", async () => {
    const test = await startTestGateway({
      "test/boom": ({ session, id, params }) => {
        const { nonce = null } = params;
        session.send(`{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify({ nonce })}}`, {
          metadata: { rate_limit: { limit: 10, remaining: 1, reset: 1 } },
        });
      },
      "test/fail": ({ session }) => session.terminate(),
    });
    const messageHooks = ["beforeSend:observe", "beforeSend:audit", "onFrame:observe", "onFrame:audit"];
    const observers = ["onSettled", "onLinkState", "onError", "onGatewaySignal", "onDrain", "onStop"];
    const env = { THROW_IN: [...messageHooks, ...observers].join(",") };
    const client = await startClient({ url: test.url, ...THROWER, env });
    expect((await client.request("test/boom", { nonce: "n" })).result).toEqual({ nonce: "n" });
    expect((await client.request("test/fail")).error?.code).toBe(-31002);
    await expectAlive(client);
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
    expect(client.router.stderr).toContain("thrower");
    for (const hook of ["beforeSend", "onFrame", ...observers])
      expect(client.router.stderr).toContain(`boom in ${hook}`);
  });

  it.each(["beforeConnect", "onAuth"])(
    "where it decides on connections (%s): none is made, and the client learns why",
    async (where) => {
      const test = await startTestGateway();
      const client = new ParanoidClient(
        await spawnRouter({
          url: test.url,
          ...THROWER,
          env: { THROW_IN: where },
          config: { gateway: { connection: { timeout_ms: 500 } }, local: { initialize_hold_ms: 500 } },
        }),
      );
      const { error } = await client.initialize();
      expect(error?.message).toContain("boom in");
      expect(error?.data["outcome"]).toBe("not_sent");
      await client.finish();
      expect(test.connections).toBe(0);
    },
  );
});
