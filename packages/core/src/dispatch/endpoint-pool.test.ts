import { describe, expect, it } from "vitest";
import { DialError } from "../plugin/dial-error.ts";
import { SessionBench, type SessionBenchOptions } from "../testing/session-bench.ts";

const call = (id: unknown, more: object = {}) => ({ id, method: "tools/call", params: { name: "work", ...more } });
const calls = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => call(first + index));
const range = (first: number, last: number) => calls(first, last).map(({ id }) => id);

/** A pool of four in a session that stands, its first connection idle. */
async function pooled(options: SessionBenchOptions = {}): Promise<SessionBench> {
  const bench = new SessionBench({ ...options, pool: { size: 4, maxIdle: 2, ...options.pool } });
  await bench.handshake();
  return bench;
}

/** Opens all four connections by keeping the others busy. */
async function grown(options: SessionBenchOptions = {}): Promise<SessionBench> {
  const bench = await pooled(options);
  await bench.send(...calls(1, 4));
  for (const channel of [1, 2, 3]) await bench.answerRouter(channel);
  return bench;
}

const answer = (id: unknown) => ({ id, result: { of: id } });

describe("a pool of connections", () => {
  it("opens no second one while the first is idle", async () => {
    const bench = await pooled();
    for (const id of range(1, 3)) {
      await bench.send(call(id));
      await bench.deliver(answer(id));
    }
    expect(bench.transport.channels).toHaveLength(1);
  });

  it("opens no second one before the session is agreed on", async () => {
    const bench = new SessionBench({ pool: { size: 4 } });
    await bench.send({ id: "init", method: "initialize" }, { id: 1, method: "ping" }, { id: 2, method: "ping" });
    expect(bench.transport.channels).toHaveLength(1);
    expect(bench.methodsNow).toEqual(["initialize", "ping", "ping"]);
  });

  it("opens one for each request that finds all busy, up to its size, and spreads what waited evenly", async () => {
    const bench = await pooled();
    await bench.send(...calls(1, 40));
    expect(bench.transport.dials).toHaveLength(4);
    expect(bench.idsOn(0, "tools/call")).toEqual([1]);
    for (const channel of [1, 2, 3]) {
      expect(bench.methodsOn(channel)).toEqual(["initialize"]);
      await bench.answerRouter(channel);
      expect(bench.methodsOn(channel).slice(0, 3)).toEqual(["initialize", "notifications/initialized", "tools/call"]);
    }
    const spread = [0, 1, 2, 3].map((channel) => bench.idsOn(channel, "tools/call").length);
    expect(spread).toEqual([10, 10, 10, 10]);
    for (const channel of [0, 1, 2, 3]) {
      for (const id of bench.idsOn(channel, "tools/call")) await bench.deliverOn(channel, answer(id));
    }
    expect(bench.client.messages).toHaveLength(41);
    expect(bench.metric("connections")).toBe(4);
  });

  it("gives a request to the connection with the fewest open", async () => {
    const bench = await grown();
    await bench.deliverOn(2, answer(bench.idsOn(2, "tools/call")[0]));
    await bench.send(call(5), call(6));
    expect(bench.idsOn(2, "tools/call")).toHaveLength(2);
    expect(bench.idsOn(0, "tools/call")).toEqual([1, 6]);
  });

  it("does not have requests wait for a connection that does not come: they share what is there", async () => {
    const bench = await pooled();
    bench.transport.policy = "wait";
    await bench.send(...calls(1, 3));
    expect(bench.idsOn(0, "tools/call")).toEqual([1]);
    await bench.advance(1000);
    expect(bench.idsOn(0, "tools/call")).toEqual([1, 2, 3]);
    await bench.send(call(4));
    expect(bench.idsOn(0, "tools/call")).toEqual([1, 2, 3, 4]);
  });

  it("goes on with what it has when the gateway refuses further ones, and does not ask it each time", async () => {
    const bench = await pooled();
    bench.transport.policy = new DialError("forbidden", "one is enough");
    await bench.send(...calls(1, 3));
    expect(bench.idsOn(0, "tools/call")).toEqual([1, 2, 3]);
    const { length } = bench.transport.dials;
    await bench.send(...calls(4, 9));
    expect(bench.transport.dials).toHaveLength(length);
    await bench.advance(1000);
    await bench.send(call(10));
    expect(bench.transport.dials.length).toBeGreaterThan(length);
    expect(bench.client.messages).toHaveLength(1);
  });

  it("closes connections that stay idle, the longest idle first, and keeps as many as it should", async () => {
    const bench = await grown();
    for (const channel of [3, 1, 2, 0]) {
      await bench.deliverOn(channel, answer(bench.idsOn(channel, "tools/call")[0]));
      await bench.advance(1000);
    }
    await bench.advance(25_000);
    expect(bench.transport.channels.map(({ open }) => open)).toEqual([true, true, true, true]);
    await bench.advance(40_000);
    expect(bench.transport.channels.map(({ open, ended }) => [open, ended])).toEqual([
      [true, undefined],
      [false, "close"],
      [true, undefined],
      [false, "close"],
    ]);
    await bench.advance(120_000);
    expect(bench.metric("connections")).toBe(2);
  });

  it("does not close a connection that is used again", async () => {
    const bench = await grown();
    for (const channel of [0, 1, 2, 3]) {
      await bench.deliverOn(channel, answer(bench.idsOn(channel, "tools/call")[0]));
    }
    for (let second = 0; second < 60; second += 10) {
      await bench.send(...calls(second * 10 + 5, second * 10 + 8));
      await bench.advance(5000);
      for (const channel of [0, 1, 2, 3]) {
        await bench.deliverOn(channel, answer(bench.idsOn(channel, "tools/call").at(-1)));
      }
      await bench.advance(5000);
    }
    expect(bench.metric("connections")).toBe(4);
  });

  it("sends a cancel, and takes progress and answers, only where the request is", async () => {
    const bench = await grown();
    const id = bench.idsOn(2, "tools/call")[0];
    await bench.deliverOn(1, answer(id));
    expect(bench.dropped("gateway", "reply_to_nothing")).toBe(1);
    await bench.send({ method: "notifications/cancelled", params: { requestId: id } });
    expect(bench.methodsOn(2).at(-1)).toBe("notifications/cancelled");
    expect(bench.methodsOn(0)).not.toContain("notifications/cancelled");
  });

  it("keeps subscriptions, log level, tasks and notifications of the client on one connection", async () => {
    const bench = await grown();
    await bench.send(
      { id: "s", method: "resources/subscribe", params: { uri: "file:///a" } },
      { id: "t", method: "tools/call", params: { name: "slow", task: { ttl: 1 } } },
      { id: "g", method: "tasks/get", params: { taskId: "1" } },
      { method: "notifications/other" },
    );
    expect(bench.methodsOn(0).slice(-4)).toEqual([
      "resources/subscribe",
      "tools/call",
      "tasks/get",
      "notifications/other",
    ]);
  });

  it("tells every connection of the log level and of changed roots, and none but the home of subscriptions", async () => {
    const bench = await grown();
    await bench.send(
      { id: "l", method: "logging/setLevel", params: { level: "debug" } },
      { id: "s", method: "resources/subscribe", params: { uri: "file:///a" } },
    );
    await bench.deliverOn(0, { id: "l", result: {} });
    await bench.deliverOn(0, { id: "s", result: {} });
    await bench.send({ method: "notifications/roots/list_changed" });
    for (const channel of [1, 2, 3]) {
      expect(bench.methodsOn(channel).slice(-2)).toEqual(["logging/setLevel", "notifications/roots/list_changed"]);
      await bench.answerRouter(channel);
    }
    expect(bench.client.answers("l")).toHaveLength(1);
    expect(bench.client.messages).toHaveLength(3);
  });

  it("tells a connection that opens later the log level, and nothing of subscriptions", async () => {
    const bench = await pooled();
    await bench.send(
      { id: "l", method: "logging/setLevel", params: { level: "debug" } },
      { id: "s", method: "resources/subscribe", params: { uri: "file:///a" } },
    );
    await bench.deliver({ id: "l", result: {} });
    await bench.deliver({ id: "s", result: {} });
    await bench.send(call(1), call(2));
    await bench.answerRouter(1);
    expect(bench.methodsOn(1)).toEqual(["initialize", "notifications/initialized", "logging/setLevel", "tools/call"]);
  });

  it("passes on one of the list changes that all connections report, and each of two changes", async () => {
    const bench = await grown();
    const changed = { method: "notifications/tools/list_changed" };
    for (const channel of [1, 0, 2, 3]) await bench.deliverOn(channel, changed);
    expect(bench.client.others).toHaveLength(1);
    expect(bench.dropped("gateway", "list_changed_again")).toBe(3);
    await bench.deliverOn(1, changed);
    expect(bench.client.others).toHaveLength(2);
    await bench.advance(2000);
    await bench.deliverOn(2, changed);
    expect(bench.client.others).toHaveLength(3);
  });

  it("goes on at another open connection when the home is lost, and takes the subscriptions there", async () => {
    const bench = await grown();
    await bench.send({ id: "s", method: "resources/subscribe", params: { uri: "file:///a" } });
    await bench.deliverOn(0, { id: "s", result: {} });
    await bench.send({ id: "read", method: "resources/read", params: { uri: "file:///a" } });
    const lost = bench.idsOn(0, "tools/call")[0];
    bench.channel(0).lose();
    await bench.settle();
    expect(bench.errorOf(lost).data).toMatchObject({ outcome: "unknown" });
    expect(bench.methodsOn(1).slice(-1)).toEqual(["resources/subscribe"]);
    await bench.answerRouter(1);
    // All others are busy: the read waits for a connection of its own.
    await bench.answerRouter(4);
    expect(bench.methodsOn(4)).toEqual(["initialize", "notifications/initialized", "resources/read"]);
    await bench.send({ method: "notifications/x" });
    expect(bench.methodsOn(1).at(-1)).toBe("notifications/x");
    expect(bench.metric("connections")).toBe(4);
  });

  it("loses a connection that is not the home without dialling it again", async () => {
    const bench = await grown();
    bench.channel(3).lose();
    await bench.advance(60_000);
    expect(bench.transport.dials).toHaveLength(4);
    expect(bench.client.messages).toHaveLength(2);
  });

  it("needs no handshake for self-contained requests", async () => {
    const bench = new SessionBench({ pool: { size: 3 } });
    await bench.send(...calls(1, 3));
    expect([0, 1, 2].map((channel) => bench.methodsOn(channel))).toEqual([
      ["tools/call"],
      ["tools/call"],
      ["tools/call"],
    ]);
  });

  it("lets connections of an earlier session end when the client begins another", async () => {
    const bench = new SessionBench({ pool: { size: 3 } });
    await bench.send(...calls(1, 2));
    await bench.send({ id: "init", method: "initialize" });
    await bench.deliverOn(0, { id: "init", result: { protocolVersion: "2025-11-25" } });
    await bench.send({ id: "read", method: "resources/read", params: { uri: "file:///a" } });
    expect(bench.methodsOn(1)).toEqual(["tools/call"]);
    await bench.deliverOn(1, answer(2));
    expect(bench.client.answers(2)).toHaveLength(1);
    expect(bench.channel(1).ended).toBe("close");
  });

  it("gives ids of its own to what the gateway asks on any but the first connection", async () => {
    const bench = await grown();
    await bench.deliverOn(0, { id: 0, method: "roots/list" });
    await bench.deliverOn(1, { id: 0, method: "roots/list" });
    const [first, second] = bench.client.others.map(({ id }) => id);
    expect(first).toBe(0);
    await bench.send({ id: second, result: { roots: [] } });
    const answered = bench.received.find(({ payload }) => payload["id"] === 0);
    expect(answered).toMatchObject({ channel: 1, payload: { id: 0, result: { roots: [] } } });
  });

  it("leaves nothing behind", async () => {
    const bench = await grown({ pool: { maxLifetimeMs: 3_600_000 } });
    bench.stdin.end();
    await bench.session.end;
    const finished = bench.session.finish("drain", { connectMs: 5000, drainMs: 5000 });
    await bench.advance(5000);
    await finished;
    expect(bench.client.messages).toHaveLength(5);
    expect(bench.clock.timers).toBe(0);
    expect(bench.metric("connections")).toBe(0);
  });
});
