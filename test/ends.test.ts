import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { expectAlive } from "./support/expect-alive.ts";
import { ParanoidClient, type Reply } from "./support/paranoid-client.ts";
import { processIsAlive } from "./support/process-is-alive.ts";
import { deadUrl } from "./support/run-router.ts";
import { untilTestEnds } from "./support/scope.ts";
import { routerCommand, type RouterOptions, spawnRouter } from "./support/spawn-router.ts";
import { type Asked, startTestGateway, type TestGateway } from "./support/test-gateway.ts";

const INITIALIZE = '{"jsonrpc":"2.0","method":"initialize","id":1,"params":{}}\n';
const linux = process.platform === "linux";
/** The promise is 300 ms for signals and 500 ms for a client that is gone; a busy machine gets some more. */
const PROMPT_MS = 1000;

async function startClient(options: RouterOptions): Promise<ParanoidClient> {
  const client = new ParanoidClient(await spawnRouter(options));
  await client.initialize();
  await expectAlive(client);
  return client;
}

/** Opens so many requests and waits until the gateway has them all. */
async function openRequests(
  client: ParanoidClient,
  { gateway }: TestGateway,
  count: number,
): Promise<readonly Promise<Reply>[]> {
  const last = gateway.next("received", ({ payload }) => payload?.includes(`"nonce":${count - 1}}`) === true);
  const replies = Array.from({ length: count }, (_, nonce) => client.request("tools/call", { name: "slow", nonce }));
  await last;
  return replies;
}

async function elapsed(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work;
  return performance.now() - startedAt;
}

describe("the end of stdin", () => {
  it("with 100 requests open: those answered within the drain time get their answers, the others an error, and the exit is 0", async () => {
    const waiting: Asked[] = [];
    const test = await startTestGateway({
      "tools/call": (asked) => {
        waiting.push(asked);
        // The answers come when stdin has ended: the router waits for them.
        if (waiting.length === 100)
          setTimeout(
            () =>
              waiting.slice(0, 50).forEach(({ result, params }) => result(JSON.stringify({ nonce: params["nonce"] }))),
            200,
          );
      },
    });
    const client = await startClient({ url: test.url, config: { local: { drain_timeout_ms: 800 } } });
    const replies = await openRequests(client, test, 100);
    const closed = test.gateway.next("sessionClosed");
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
    for (const [nonce, reply] of replies.entries()) {
      const { result, error } = await reply;
      if (nonce < 50) expect(result).toEqual({ nonce });
      else expect(error).toMatchObject({ code: -31009, data: { reason: "SHUTTING_DOWN", outcome: "unknown" } });
    }
    // What nobody waits for any more is cancelled at the gateway, and the connection closed in order.
    expect(test.count("notifications/cancelled")).toBe(50);
    expect((await closed).code).toBe(1001);
  });

  it("does not wait when nothing is open", async () => {
    const test = await startTestGateway();
    const client = await startClient({ url: test.url, config: { local: { drain_timeout_ms: 15_000 } } });
    expect(await elapsed(client.finish())).toBeLessThan(PROMPT_MS);
  });

  it("sends what was read before it, even when the gateway is reached only then", async () => {
    const test = await startTestGateway();
    const router = await spawnRouter({ url: test.url });
    const client = new ParanoidClient(router);
    const replies = Array.from({ length: 20 }, (_, nonce) => client.request("test/echo", { nonce }));
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
    const results = await Promise.all(replies);
    expect(results.map(({ result }) => result?.["nonce"])).toEqual(Array.from({ length: 20 }, (_, nonce) => nonce));
  });

  it("with the gateway down: every request gets an error that it was not sent, and the exit is 0", async () => {
    const url = await deadUrl();
    const client = new ParanoidClient(
      await spawnRouter({ url, config: { gateway: { connection: { timeout_ms: 500 } } } }),
    );
    const replies = [
      client.request("initialize", {}),
      client.request("tools/list"),
      client.request("tools/call", { name: "pay" }),
    ];
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
    for (const { error } of await Promise.all(replies))
      expect(error).toMatchObject({ data: { source: "mcp-router", outcome: "not_sent" } });
  });

  it("an open subscription does not delay it", async () => {
    const test = await startTestGateway({ "subscriptions/listen": () => {} });
    const client = await startClient({ url: test.url, config: { local: { drain_timeout_ms: 15_000 } } });
    void client.request("subscriptions/listen");
    await expectAlive(client);
    expect(await elapsed(client.finish())).toBeLessThan(PROMPT_MS);
  });

  it("a gateway that reads nothing more does not delay it", async () => {
    const test = await startTestGateway({ "test/freeze": ({ session }) => session.pause() });
    const client = await startClient({ url: test.url, config: { local: { drain_timeout_ms: 300 } } });
    void client.request("test/freeze");
    const filling = "x".repeat(1_000_000);
    for (let n = 0; n < 12; n++) void client.request("tools/call", { name: "large", filling });
    expect(await elapsed(client.finish())).toBeLessThan(4000);
  });
});

describe.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("%s", (signal) => {
  it("ends an idle router at once, with 0 and a closed connection", async () => {
    const test = await startTestGateway();
    const client = await startClient({ url: test.url });
    const closed = test.gateway.next("sessionClosed");
    client.router.child.kill(signal);
    expect(await elapsed(client.router.ended)).toBeLessThan(PROMPT_MS);
    expect(await client.router.ended).toEqual({ exitCode: 0, signal: null });
    await closed;
  });

  it("with 100 requests open answers each, flushes, and ends at once", async () => {
    const test = await startTestGateway({ "tools/call": () => {} });
    const client = await startClient({ url: test.url, config: { local: { drain_timeout_ms: 15_000 } } });
    const replies = await openRequests(client, test, 100);
    client.router.child.kill(signal);
    expect(await elapsed(client.router.ended)).toBeLessThan(PROMPT_MS);
    for (const { error } of await Promise.all(replies))
      expect(error).toMatchObject({ code: -31009, data: { outcome: "unknown" } });
    expect((await client.finish()).exitCode).toBe(0);
  });
});

it("a signal cuts the drain after the end of stdin short", async () => {
  const test = await startTestGateway({ "tools/call": () => {} });
  const client = await startClient({ url: test.url, config: { local: { drain_timeout_ms: 15_000 } } });
  const [reply] = await openRequests(client, test, 1);
  client.router.child.stdin.end();
  client.router.child.kill("SIGTERM");
  expect(await elapsed(client.router.ended)).toBeLessThan(PROMPT_MS);
  expect((await reply)?.error).toMatchObject({ code: -31009 });
  expect((await client.finish()).exitCode).toBe(0);
});

it("a signal during initialize, with the gateway silent, ends the router at once with an answer", async () => {
  const client = new ParanoidClient(
    await spawnRouter({ url: await deadUrl(), config: { local: { initialize_hold_ms: 15_000 } } }),
  );
  const reply = client.request("initialize", {});
  await client.router.says("ECONNREFUSED");
  client.router.child.kill("SIGINT");
  expect(await elapsed(client.router.ended)).toBeLessThan(PROMPT_MS);
  expect((await reply).error).toMatchObject({
    code: -31009,
    message: expect.stringContaining("ECONNREFUSED"),
    data: { outcome: "not_sent" },
  });
});

/** A client that has stopped reading, with an answer of 5 MB that it would have to read first. */
async function startDeafClient(): Promise<ParanoidClient> {
  const test = await startTestGateway({ "tools/call": ({ result }) => result(`{"t":"${"x".repeat(5_000_000)}"}`) });
  const client = await startClient({ url: test.url });
  client.router.child.stdout.pause();
  client.router.child.stdout.removeAllListeners("data");
  client.request("tools/call", { name: "large" }).catch(() => {});
  // Its beginning is here, so the router has the whole of it; nobody reads on.
  await once(client.router.child.stdout, "readable");
  return client;
}

it("a client that reads nothing does not keep a router that got a signal", async () => {
  const { router } = await startDeafClient();
  const exit = once(router.child, "exit");
  router.child.kill("SIGTERM");
  expect(await elapsed(exit)).toBeLessThan(PROMPT_MS);
  expect((await exit)[1]).toBeNull();
});

it("a second signal ends the router without waiting for anything", async () => {
  const { router } = await startDeafClient();
  const exit = once(router.child, "exit");
  router.child.kill("SIGTERM");
  router.child.kill("SIGINT");
  // The system may deliver either first.
  expect([130, 143]).toContain((await exit)[0]);
});

it("a closed stdout ends the router: the client is gone", async () => {
  const test = await startTestGateway({ "tools/call": () => {} });
  const client = await startClient({ url: test.url, config: { local: { drain_timeout_ms: 15_000 } } });
  for (const reply of await openRequests(client, test, 10)) reply.catch(() => {});
  client.router.child.stdout.destroy();
  // The router learns of it when it writes.
  void client.request("test/echo").catch(() => {});
  expect(await elapsed(once(client.router.child, "exit"))).toBeLessThan(PROMPT_MS);
  expect(client.router.child.exitCode).toBe(0);
});

it("a closed stderr changes nothing", async () => {
  const test = await startTestGateway();
  const client = await startClient({ url: test.url, words: ["--log-level", "trace"] });
  client.router.child.stderr.destroy();
  for (let n = 0; n < 50; n++) {
    client.write("garbage that is worth a warning\n");
    await expectAlive(client);
  }
  client.router.child.stdin.end();
  expect((await client.router.ended).exitCode).toBe(0);
});

it("stdout and stderr closed, with a chatty gateway: the router ends and does not spin", async () => {
  const untilChatEnds: (() => void)[] = [];
  const test = await startTestGateway({
    "test/chat": ({ session }) => {
      const timer = setInterval(
        () => session.send('{"jsonrpc":"2.0","method":"notifications/message","params":{}}'),
        5,
      );
      untilChatEnds.push(() => clearInterval(timer));
    },
  });
  const client = await startClient({ url: test.url, words: ["--log-level", "trace"] });
  void client.request("test/chat").catch(() => {});
  await client.notifications.next();
  client.router.child.stderr.destroy();
  client.router.child.stdout.destroy();
  expect(await elapsed(once(client.router.child, "exit"))).toBeLessThan(PROMPT_MS);
  for (const end of untilChatEnds) end();
});

it.runIf(linux)("an idle router with a gateway, and one without, use no processor time to speak of", async () => {
  const test = await startTestGateway();
  const connected = await startClient({ url: test.url });
  const alone = new ParanoidClient(
    await spawnRouter({
      url: await deadUrl(),
      config: { gateway: { reconnect: { initial_delay_ms: 200, max_delay_ms: 1000 } } },
    }),
  );
  void alone.request("tools/list").catch(() => {});
  await alone.router.says("ECONNREFUSED");
  const before = [connected.router.processorTime(), alone.router.processorTime()];
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(connected.router.processorTime() - (before[0] ?? 0)).toBeLessThan(150);
  expect(alone.router.processorTime() - (before[1] ?? 0)).toBeLessThan(250);
});

it.runIf(linux)(
  "a router whose parent was killed, and whose stdin somebody else holds open, is gone within 6 s",
  async () => {
    const test = await startTestGateway();
    const { directory, words, env } = await routerCommand({ url: test.url });
    // A named pipe that this test holds open too: stdin does not end with the parent, which hands it on.
    const pipe = join(directory, "stdin");
    execFileSync("mkfifo", [pipe]);
    const stdin = openSync(pipe, "r+");
    untilTestEnds(() => closeSync(stdin));
    const script = `
      const child = require("node:child_process").spawn(process.execPath, ${JSON.stringify(words)}, { stdio: "inherit" });
      require("node:fs").writeFileSync(${JSON.stringify(join(directory, "pid"))}, String(child.pid));`;
    const parent = spawn(process.execPath, ["-e", script], { cwd: directory, env, stdio: [stdin, "pipe", "pipe"] });
    const answered = once(parent.stdout ?? parent, "data");
    writeSync(stdin, INITIALIZE);
    await answered;
    const pid = Number(readFileSync(join(directory, "pid"), "utf8"));
    untilTestEnds(() => processIsAlive(pid) && process.kill(pid, "SIGKILL"));
    expect(processIsAlive(pid)).toBe(true);
    const gone = test.gateway.next("sessionClosed");
    parent.kill("SIGKILL");
    expect(await elapsed(gone)).toBeLessThan(6000);
    // The pipes close when the last process that holds them has ended.
    await once(parent, "close");
    expect(processIsAlive(pid)).toBe(false);
  },
);

it("stdout may be a file", async () => {
  const test = await startTestGateway();
  const { directory, words, env } = await routerCommand({ url: test.url });
  const out = join(directory, "out.jsonl");
  writeFileSync(join(directory, "in.jsonl"), `${INITIALIZE}{"jsonrpc":"2.0","id":2,"method":"tools/list"}\n`);
  const [stdin, stdout] = [openSync(join(directory, "in.jsonl"), "r"), openSync(out, "w")];
  const child = spawn(process.execPath, words, { cwd: directory, env, stdio: [stdin, stdout, "pipe"] });
  closeSync(stdin);
  closeSync(stdout);
  expect(await once(child, "close")).toEqual([0, null]);
  const lines = readFileSync(out, "utf8").split("\n");
  expect(lines.map((line) => /"id":\d/.exec(line)?.[0])).toEqual(['"id":1', '"id":2', undefined]);
});

it.runIf(linux)("a stdout that takes nothing (a full disk) ends the router", async () => {
  const test = await startTestGateway();
  const { directory, words, env } = await routerCommand({ url: test.url });
  const full = openSync("/dev/full", "w");
  const child = spawn(process.execPath, words, { cwd: directory, env, stdio: ["pipe", full, "pipe"] });
  closeSync(full);
  untilTestEnds(() => child.kill("SIGKILL"));
  child.stdin?.on("error", () => {});
  child.stdin?.write(INITIALIZE);
  await test.gateway.next("sent");
  expect(await elapsed(once(child, "exit"))).toBeLessThan(PROMPT_MS);
  expect(child.exitCode).toBe(0);
});
