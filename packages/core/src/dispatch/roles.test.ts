import { describe, expect, it } from "vitest";
import { DialError } from "../plugin/dial-error.ts";
import { Secret } from "../plugin/secret.ts";
import { refuse } from "../plugin/hooks.ts";
import { SERVER, SessionBench, type SessionBenchOptions } from "../testing/session-bench.ts";

const call = (id: unknown) => ({ id, method: "tools/call", params: { name: "work" } });
const subscribe = (id: unknown, uri: string) => ({ id, method: "resources/subscribe", params: { uri } });
const answer = (id: unknown) => ({ id, result: {} });
const unreachable = new DialError("unreachable", "connection refused");

async function pooled(size: number, options: SessionBenchOptions = {}): Promise<SessionBench> {
  const bench = new SessionBench({ ...options, pool: { size, ...options.pool } });
  await bench.handshake();
  return bench;
}

function policy(bench: SessionBench, endpoint: number, value: "wait" | "accept" | DialError): void {
  const transport = bench.transports[endpoint];
  if (transport !== undefined) transport.policy = value;
}

function channels(bench: SessionBench, endpoint = 0): number {
  return bench.transports[endpoint]?.channels.length ?? 0;
}

describe("a further connection", () => {
  it("sends an acting call once when a plugin refuses the further connection at once", async () => {
    const bench = await pooled(2, {
      plugins: {
        breaker: (hooks) =>
          hooks.beforeConnect.tap(({ connection }) => (connection > 1 ? refuse("open", 1000) : undefined)),
      },
    });
    await bench.send({ id: 1, method: "tools/list" });
    bench.channel(0).block();
    await bench.send(call(2));
    expect(bench.transmissions(2)).toHaveLength(0);
    bench.channel(0).drain();
    await bench.settle();
    expect(bench.transmissions(2)).toHaveLength(1);
  });

  it("backs off from a gateway that ends every further connection before the session is repeated", async () => {
    const bench = await pooled(2);
    await bench.send(call(1), call(2));
    for (let round = 0; round < 100 && bench.transmissions(2).length === 0; round++) {
      const { channel } = bench.transport;
      if (channel !== bench.channel(0) && channel.open) channel.lose({ code: 1013, reason: "one is enough" });
      await bench.advance(30);
    }
    expect.soft(bench.transmissions(2)).toHaveLength(1);
    expect(bench.transport.dials.length).toBeLessThan(6);
  });

  it("does not lose call after call on further connections that end at once", async () => {
    const bench = new SessionBench({ pool: { size: 2 } });
    await bench.send(call(1));
    for (let id = 2; id < 12; id++) {
      await bench.send(call(id));
      const { channel } = bench.transport;
      if (channel !== bench.channel(0) && channel.open) channel.lose({ code: 1013, reason: "one is enough" });
      await bench.settle();
    }
    const ended = bench.client.messages.filter(({ error }) => error !== undefined);
    expect.soft(ended).toHaveLength(1);
    expect(bench.transport.dials.length).toBeLessThan(4);
  });

  it("does not keep a request waiting when a connection has become idle", async () => {
    const bench = await pooled(2);
    policy(bench, 0, "wait");
    await bench.send(call(1), call(2));
    await bench.deliver(answer(1), {}, bench.channel(0));
    expect(bench.transmissions(2)).toHaveLength(1);
  });

  it("does not hold up requests for free connections behind one that waits for the home", async () => {
    const bench = await pooled(2);
    await bench.send(call(1), call(2));
    await bench.answerRouter(1);
    bench.channel(0).block();
    await bench.send(subscribe(3, "file:///a"), call(4));
    expect(bench.idsOn(1, "tools/call")).toEqual([2, 4]);
  });
});

describe("a connection that takes the place of another", () => {
  const lifetime = { pool: { maxLifetimeMs: 60_000 } };

  it("takes along a subscription that the gateway accepts while the successor repeats the session", async () => {
    const bench = await pooled(1, lifetime);
    await bench.send(subscribe(1, "file:///a"));
    await bench.deliver(answer(1));
    await bench.advance(60_000);
    expect(channels(bench)).toBe(2);
    // The successor's initialize is answered: it repeats what is known so far.
    const [init] = bench.idsOn(1, "initialize");
    await bench.deliverOn(1, { id: init, result: SERVER });
    await bench.send(subscribe(2, "file:///b"));
    await bench.deliverOn(0, answer(2));
    await bench.answerRouter(1);
    await bench.answerRouter(1);
    await bench.send({ id: 3, method: "tools/list" });
    expect(bench.idsOn(1, "tools/list")).toEqual([3]);
    const uris = bench.received
      .filter(({ channel, payload }) => channel === 1 && payload["method"] === "resources/subscribe")
      .map(({ payload }) => payload["params"]);
    expect(uris).toEqual([{ uri: "file:///a" }, { uri: "file:///b" }]);
  });

  it("tells an extra connection the log level that was set while it repeated the session", async () => {
    const bench = await pooled(2);
    await bench.send({ id: "l1", method: "logging/setLevel", params: { level: "info" } });
    await bench.deliver(answer("l1"));
    await bench.send(call(1), call(2));
    const [init] = bench.idsOn(1, "initialize");
    await bench.deliverOn(1, { id: init, result: SERVER });
    // Waits for growth behind call 2, at most a second.
    await bench.send({ id: "l2", method: "logging/setLevel", params: { level: "error" } });
    await bench.advance(1000);
    await bench.deliverOn(0, answer("l2"));
    await bench.answerRouter(1);
    const levels = bench.received
      .filter(({ channel, payload }) => channel === 1 && payload["method"] === "logging/setLevel")
      .map(({ payload }) => payload["params"]);
    expect(levels.at(-1)).toEqual({ level: "error" });
  });

  it("does not move to a connection that knows nothing of the handshake under way", async () => {
    const bench = new SessionBench({ wire: "json-rpc", authenticate: token() });
    await bench.send({ id: "probe", method: "server/discover" });
    await bench.deliver({ id: "probe", error: { code: -32601, message: "unknown" } }, {}, bench.channel(0));
    policy(bench, 0, "wait");
    await bench.changeCredential();
    expect(bench.transport.dials).toHaveLength(2);
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } };
    await bench.send({ id: "init", method: "initialize", params });
    bench.transport.channels.push(bench.transport.dial.accept(true));
    await bench.settle();
    await bench.deliver({ id: "init", result: SERVER }, {}, bench.channel(0));
    await bench.send({ method: "notifications/initialized" }, { id: 1, method: "tools/list" });
    const listedOn = bench.received.find(({ payload }) => payload["id"] === 1)?.channel ?? -1;
    expect(bench.methodsOn(listedOn)).toContain("initialize");
  });

  it("replaces a connection that was dialled with a credential that changed meanwhile", async () => {
    const bench = new SessionBench({ wire: "json-rpc", authenticate: token() });
    policy(bench, 0, "wait");
    await bench.send({ id: 1, method: "ping" });
    await bench.changeCredential();
    const opened = bench.transport.dial;
    expect(opened.credential.bearer?.reveal()).toBe("token-1");
    policy(bench, 0, "accept");
    bench.transport.channels.push(opened.accept(true));
    await bench.settle();
    const live = bench.transport.dials.filter((_, index) => bench.transport.channels[index]?.open);
    expect(live.map(({ credential }) => credential.bearer?.reveal())).not.toEqual(["token-1"]);
  });

  it("sends a bearer that the gateway rotated while the connection was being opened", async () => {
    const bench = await pooled(2, { authenticate: token() });
    policy(bench, 0, "wait");
    await bench.send(call(1), call(2));
    await bench.deliver(answer(1), { metadata: { auth: { token: "rotated" } } }, bench.channel(0));
    bench.transport.channels.push(bench.transport.dial.accept(true));
    await bench.settle();
    const tokens = bench.received.filter(({ channel }) => channel === 1).map(({ envelope }) => envelope["auth_token"]);
    expect(tokens[0]).toBe("rotated");
  });
});

describe("the session that is repeated", () => {
  it("gets another token when the gateway refuses the one that the repeated handshake carries", async () => {
    let current = "old";
    const bench = new SessionBench({
      authenticate: (draft) => {
        // A provider keeps its token until it is told that it was refused.
        if (draft.reason === "rejected") current = "new";
        draft.bearer = new Secret(current);
      },
    });
    await bench.handshake();
    await bench.lose();
    await bench.advance(0);
    await bench.send({ id: 1, method: "tools/list" });
    const refusedOn = new Set<number>();
    for (let second = 0; second < 55; second++) {
      const asked = bench.receivedNow.find(({ payload }) => payload["method"] === "initialize");
      if (asked?.envelope["auth_token"] === "old" && !refusedOn.has(asked.channel)) {
        refusedOn.add(asked.channel);
        const error = { code: "UNAUTHORIZED", message: "expired" };
        await bench.deliverRaw(JSON.stringify({ source: "gateway", correlation_id: asked.envelope["id"], error }));
      }
      await bench.advance(1000);
    }
    expect.soft(refusedOn.size).toBe(1);
    expect(bench.received.at(-1)?.envelope["auth_token"]).toBe("new");
  });

  it("does not fail because the router itself has stopped reading for a slow client", async () => {
    const bench = new SessionBench({ stdoutHighWaterMark: 1000 });
    await bench.handshake();
    bench.stdout.pause();
    for (let round = 0; round < 5; round++) {
      await bench.deliver({ method: "notifications/message", params: { data: "x".repeat(1000) } });
    }
    expect(bench.transport.channel.paused).toBe(true);
    await bench.lose();
    await bench.advance(0);
    const { channel } = bench.transport;
    expect(channel.paused).toBe(true);
    // What the gateway answers is not read: the channel is paused.
    await bench.advance(11_000);
    expect(channel.open).toBe(true);
  });
});

describe("an endpoint that stands by", () => {
  it("closes a connection of a standby that opens in the moment in which the best one does", async () => {
    const bench = new SessionBench({ endpoints: 2 });
    policy(bench, 0, "wait");
    policy(bench, 1, "wait");
    await bench.send({ id: 1, method: "ping" });
    await bench.advance(250);
    const opened = bench.transports.map((transport) => transport.dial.accept(true));
    await bench.settle();
    await bench.advance(60_000);
    expect(opened.map(({ open }) => open)).toEqual([true, false]);
  });

  it("says notifications/initialized to a standby that joined before the client had said it", async () => {
    const bench = new SessionBench({ endpoints: 2 });
    policy(bench, 0, unreachable);
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } };
    await bench.send({ id: "init", method: "initialize", params });
    expect(bench.methodsOn(0, 1)).toEqual(["initialize"]);
    policy(bench, 0, "accept");
    await bench.deliverOn(0, { id: "init", result: SERVER }, 1);
    await bench.settle();
    await bench.answerRouter(0, 0);
    await bench.send({ method: "notifications/initialized" });
    await bench.advance(5000);
    await bench.send({ id: 1, method: "tools/list" });
    expect(bench.methodsOn(channels(bench) - 1, 0)).toEqual(["initialize", "notifications/initialized", "tools/list"]);
  });

  it("tells a standby of changed roots", async () => {
    const bench = new SessionBench({ endpoints: 2 });
    await bench.handshake();
    policy(bench, 0, unreachable);
    bench.channel(0).lose();
    await bench.advance(0);
    await bench.answerRouter(0, 1);
    policy(bench, 0, "accept");
    while (channels(bench) === 1) await bench.advance(250);
    await bench.answerRouter(1, 0);
    await bench.send({ method: "notifications/roots/list_changed" });
    await bench.advance(2000);
    await bench.send({ id: 1, method: "tools/list" });
    expect(bench.methodsOn(1, 0)).toContain("tools/list");
    expect(bench.methodsOn(1, 0)).toContain("notifications/roots/list_changed");
  });
});

describe("what is remembered", () => {
  it("counts an initialize that was refused for want of room like any other", async () => {
    const bench = new SessionBench({ limits: { maxConcurrentRequests: 1 }, pool: { maxLifetimeMs: 60_000 } });
    await bench.send({ id: "p", method: "ping" }, { id: "first", method: "initialize" });
    expect(bench.errorOf("first").data).toMatchObject({ reason: "QUEUE_FULL" });
    await bench.deliver(answer("p"));
    await bench.handshake();
    expect(bench.memory.repeatable).toBe(true);
  });

  it("passes on the first list change that a new gateway session reports", async () => {
    const bench = new SessionBench();
    await bench.handshake();
    await bench.deliver({ method: "notifications/tools/list_changed" });
    await bench.reconnect();
    await bench.answerReplay();
    await bench.send({ id: 1, method: "tools/list" });
    await bench.deliver(answer(1));
    await bench.deliver({ method: "notifications/tools/list_changed" });
    expect(bench.client.others).toHaveLength(2);
  });
});

function token(): (draft: { bearer: Secret | undefined }) => void {
  let count = 0;
  return (draft) => {
    draft.bearer = new Secret(`token-${++count}`);
  };
}
