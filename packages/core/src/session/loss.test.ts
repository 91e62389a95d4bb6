import { describe, expect, it } from "vitest";
import { DialError } from "../plugin/dial-error.ts";
import { SessionBench } from "../testing/session-bench.ts";

const call = (id: unknown) => ({ id, method: "tools/call", params: { name: "pay" } });
const unreachable = new DialError("unreachable", "connection refused");

describe("a lost connection", () => {
  it("ends calls as unknown, at once, and never sends them again", async () => {
    const bench = new SessionBench();
    await bench.send(call(1), { id: 2, method: "no/such" });
    await bench.lose();
    for (const id of [1, 2]) {
      expect(bench.errorOf(id)).toMatchObject({ code: -31002, data: { reason: "UPSTREAM_LOST", outcome: "unknown" } });
      expect(bench.errorOf(id).message).toContain("may or may not have run");
    }
    await bench.advance(60_000);
    expect(bench.transmissions(1)).toHaveLength(1);
  });

  it("by a refusal of the client certificate after the handshake has run nothing", async () => {
    const bench = new SessionBench();
    await bench.send(call(1));
    bench.transport.channel.lose({ code: undefined, reason: "alert", error: new DialError("tls", "no certificate") });
    await bench.settle();
    expect(bench.errorOf(1)).toMatchObject({ data: { outcome: "not_executed", retryable: false } });
    expect(bench.errorOf(1).message).toContain("no certificate");
    expect(bench.transmissions(1)).toHaveLength(1);
  });

  it("by a fault of TLS after the gateway has spoken ends calls as unknown", async () => {
    const bench = new SessionBench();
    await bench.handshake();
    await bench.send(call(1));
    bench.transport.channel.lose({ code: undefined, reason: "alert", error: new DialError("tls", "bad record") });
    await bench.settle();
    expect(bench.errorOf(1)).toMatchObject({ code: -31002, data: { outcome: "unknown" } });
  });

  it("has reads sent again, at most three times in all, each under an id of its own", async () => {
    const bench = new SessionBench();
    await bench.send({ id: 1, method: "tools/list" }, { id: 2, method: "logging/setLevel", params: { level: "info" } });
    for (let round = 0; round < 3; round++) {
      await bench.lose();
      await bench.advance(2000);
    }
    expect(bench.transmissions(1)).toHaveLength(3);
    expect(new Set(bench.transmissions(1).map(({ envelope }) => envelope["id"])).size).toBe(3);
    expect(bench.errorOf(1)).toMatchObject({ code: -31002, data: { outcome: "unknown", attempt: 3 } });
    expect(bench.errorOf(2).code).toBe(-31002);
  });

  it("has a read answered by the next connection, once", async () => {
    const bench = new SessionBench();
    await bench.send({ id: 1, method: "resources/read", params: { uri: "u" } });
    await bench.lose();
    await bench.advance(0);
    await bench.deliver({ id: 1, result: { contents: [] } });
    expect(bench.client.answers(1)).toEqual([{ jsonrpc: "2.0", id: 1, result: { contents: [] } }]);
    expect(bench.metric("open_requests")).toBe(0);
  });

  it("does not have a read sent again that works once, nor one that was too large for the gateway", async () => {
    const bench = new SessionBench();
    await bench.send({ id: 1, method: "prompts/get", params: { name: "x", requestState: "s" } });
    await bench.send({ id: 2, method: "prompts/get", params: { name: "x", inputResponses: {} } });
    await bench.send({ id: 3, method: "prompts/get", params: { name: "about requestState" } });
    await bench.lose();
    expect(bench.errorOf(1).code).toBe(-31002);
    expect(bench.errorOf(2).code).toBe(-31002);
    expect(bench.client.answers(3)).toEqual([]);
    await bench.advance(0);
    await bench.lose(1009);
    expect(bench.errorOf(3)).toMatchObject({ code: -31002, data: { hint: expect.stringContaining("too large") } });
  });

  it("tells the truth about a read that was sent once and then finds no gateway", async () => {
    const bench = new SessionBench();
    await bench.send({ id: 1, method: "tools/list" });
    await bench.advance(50_000);
    bench.transport.policy = unreachable;
    await bench.lose();
    await bench.advance(9000);
    expect(bench.client.answers(1)).toEqual([]);
    await bench.advance(1000);
    expect(bench.errorOf(1)).toMatchObject({ code: -31002, data: { outcome: "unknown" } });
    expect(bench.errorOf(1).message).toBe(
      "the gateway cannot be reached: connection refused. The request was sent and may or may not have run.",
    );
  });

  it("needs no room for the reads that are sent again, and sends them before what came later", async () => {
    const bench = new SessionBench({ maxQueuedRequests: 1 });
    await bench.send({ id: 1, method: "tools/list" });
    await bench.send({ id: 2, method: "tools/list" }, { id: 3, method: "tools/list" });
    bench.transport.policy = unreachable;
    await bench.lose();
    await bench.send(call(4));
    bench.transport.policy = "accept";
    await bench.advance(10_000);
    expect(bench.client.messages).toEqual([]);
    expect(bench.receivedNow.map(({ payload }) => payload["id"])).toEqual([1, 2, 3, 4]);
  });

  it("reopens subscriptions, however long the gateway is away", async () => {
    const bench = new SessionBench();
    await bench.send({ id: "sub", method: "subscriptions/listen" });
    await bench.advance(3_600_000);
    bench.transport.policy = unreachable;
    await bench.lose();
    await bench.advance(3_600_000);
    bench.transport.policy = "accept";
    await bench.advance(30_000);
    expect(bench.transmissions("sub")).toHaveLength(2);
    expect(bench.client.messages).toEqual([]);
  });
});

describe("while the gateway is away", () => {
  it("requests and notifications wait in order and leave in order", async () => {
    const bench = new SessionBench();
    bench.transport.policy = unreachable;
    await bench.send(call(1), { method: "notifications/x" }, call(2));
    expect(bench.metric("held_messages")).toBe(3);
    bench.transport.policy = "accept";
    await bench.advance(1000);
    expect(bench.methodsNow).toEqual(["tools/call", "notifications/x", "tools/call"]);
    expect(bench.metric("held_messages")).toBe(0);
  });

  it("a request waits until its deadline and is told why, and that it was not sent", async () => {
    const bench = new SessionBench();
    bench.transport.policy = unreachable;
    await bench.send(call(1));
    await bench.advance(60_000);
    expect(bench.errorOf(1)).toMatchObject({
      code: -31001,
      data: { outcome: "not_sent", retryable: true, attempt: 0 },
    });
    expect(bench.errorOf(1).message).toContain("connection refused");
    bench.transport.policy = "accept";
    await bench.advance(30_000);
    expect(bench.transmissions(1)).toEqual([]);
  });

  it("more than may wait is refused; notifications give way to requests", async () => {
    const bench = new SessionBench({ maxQueuedRequests: 3 });
    bench.transport.policy = unreachable;
    await bench.send(...Array.from({ length: 5 }, () => ({ method: "notifications/x" })));
    expect(bench.dropped("stdin", "queue_full")).toBe(2);
    await bench.send(call(1), call(2), call(3), call(4));
    expect(bench.errorOf(4)).toMatchObject({ code: -31006, data: { outcome: "not_sent" } });
    bench.transport.policy = "accept";
    await bench.advance(1000);
    expect(bench.received.map(({ payload }) => payload["id"])).toEqual([1, 2, 3]);
  });

  it("more bytes than may wait are refused, but one message of any size may", async () => {
    const bench = new SessionBench({ maxQueuedBytes: 100 });
    bench.transport.policy = unreachable;
    await bench.send({ id: 1, method: "tools/call", params: { name: "x".repeat(1000) } }, call(2));
    expect(bench.client.answers(1)).toEqual([]);
    expect(bench.errorOf(2).code).toBe(-31006);
  });

  it.each([
    ["unauthorized", -31007, "not_sent"],
    ["forbidden", -31007, "not_sent"],
    ["credential", -31007, "not_sent"],
    ["tls", -31001, "not_sent"],
    ["not_found", -31001, "not_sent"],
    ["protocol", -31001, "not_sent"],
  ] as const)("a cause that waiting does not mend (%s) is told at once", async (reason, code, outcome) => {
    const bench = new SessionBench();
    bench.transport.policy = new DialError(reason, "the cause", { hint: "Do this." });
    await bench.send({ id: "init", method: "initialize", params: {} });
    expect(bench.errorOf("init")).toMatchObject({ code, data: { outcome, hint: "Do this." } });
    expect(bench.errorOf("init").message).toContain("the cause");
    await bench.send(call(1));
    expect(bench.errorOf(1).code).toBe(code);
    bench.transport.policy = "accept";
    await bench.advance(5000);
    await bench.send(call(2));
    expect(bench.transmissions(2)).toHaveLength(1);
  });

  it("`initialize` waits until its hold ends, and the next try works when the gateway is back", async () => {
    const bench = new SessionBench();
    bench.transport.policy = unreachable;
    await bench.advance(4000);
    await bench.send({ id: 1, method: "initialize", params: {} });
    await bench.advance(15_999);
    expect(bench.client.messages).toEqual([]);
    await bench.advance(1);
    expect(bench.errorOf(1)).toMatchObject({ code: -31001, data: { outcome: "not_sent" } });
    bench.transport.policy = "accept";
    await bench.send({ id: 2, method: "initialize", params: {} });
    await bench.advance(5000);
    await bench.deliver({ id: 2, result: { protocolVersion: "2025-11-25" } });
    expect(bench.client.answers(2)).toHaveLength(1);
    await bench.send({ id: 3, method: "tools/list" });
    expect(bench.methodsNow).toEqual(["initialize", "tools/list"]);
  });

  it("a late `initialize` waits at least as long as one dial", async () => {
    const bench = new SessionBench();
    bench.transport.policy = unreachable;
    await bench.advance(100_000);
    await bench.send({ id: 1, method: "initialize", params: {} });
    await bench.advance(4999);
    expect(bench.client.messages).toEqual([]);
    await bench.advance(1);
    expect(bench.errorOf(1).code).toBe(-31001);
  });

  it("`initialize` that was sent and lost is sent again, and held no longer than the first time", async () => {
    const bench = new SessionBench();
    await bench.send({ id: 1, method: "initialize", params: {} });
    await bench.lose();
    await bench.advance(0);
    expect(bench.transmissions(1)).toHaveLength(2);
    bench.transport.policy = unreachable;
    await bench.lose();
    await bench.advance(19_000);
    expect(bench.client.messages).toEqual([]);
    await bench.advance(1000);
    expect(bench.errorOf(1)).toMatchObject({ data: { outcome: "unknown" } });
  });

  it.each([
    ["there", "accept" as const],
    ["away", unreachable],
    ["slow to connect", "wait" as const],
  ])("a version probe is answered in time when the gateway is %s", async (_what, policy) => {
    const bench = new SessionBench();
    bench.transport.policy = policy;
    await bench.send({ id: "p", method: "server/discover" });
    await bench.advance(2099);
    expect(bench.client.messages).toEqual([]);
    await bench.advance(1);
    expect(bench.client.answers("p")).toHaveLength(1);
    expect(bench.errorOf("p").code).toBe(policy === "accept" ? -31003 : -31001);
    if (policy !== "accept") return;
    await bench.deliver({ id: "p", result: {} });
    expect(bench.client.answers("p")).toHaveLength(1);
    expect(bench.methodsNow).toEqual(["server/discover"]);
  });
});

describe("an open gateway that takes no more for now", () => {
  it("gets what waited, in order, when it has room", async () => {
    const bench = new SessionBench();
    await bench.send(call(1));
    bench.transport.channel.block();
    await bench.send(call(2), { method: "notifications/x" });
    bench.transport.channel.sends = "not_sent";
    bench.transport.channel.drain();
    expect(bench.received).toHaveLength(1);
    bench.transport.channel.sends = "handed_over";
    bench.transport.channel.drain();
    expect(bench.methodsNow).toEqual(["tools/call", "tools/call", "notifications/x"]);
  });

  it("slows the client down instead of refusing what it writes", async () => {
    const bench = new SessionBench({ maxQueuedBytes: 100, maxQueuedRequests: 2 });
    await bench.send(call(1));
    bench.transport.channel.block();
    await bench.send(call(2), call(3), call(4));
    expect(bench.stdin.isPaused()).toBe(true);
    await bench.advance(100);
    expect(bench.stdin.isPaused()).toBe(true);
    bench.transport.channel.drain();
    await bench.advance(20);
    expect(bench.stdin.isPaused()).toBe(false);
    await bench.send(call(5));
    expect(bench.received).toHaveLength(5);
    expect(bench.client.messages).toEqual([]);
  });

  it("is given up when it takes nothing for as long as it may be silent, whatever it says, and the next one serves", async () => {
    const bench = new SessionBench();
    await bench.send(call(1));
    bench.transport.channel.block();
    await bench.send(call(2));
    await bench.advance(60_000);
    expect(bench.channel(0).ended).toBe("terminate");
    expect(bench.errorOf(1).data).toMatchObject({ outcome: "unknown" });
    expect(bench.idsOn(1, "tools/call")).toEqual([2]);
  });

  it("is not said to be away when a request has waited in vain", async () => {
    const bench = new SessionBench({ limits: { requestTimeoutMs: 10_000 } });
    await bench.send(call(1));
    bench.transport.channel.block();
    await bench.send(call(2));
    await bench.advance(10_000);
    expect(bench.errorOf(2)).toMatchObject({ code: -31001, data: { outcome: "not_sent" } });
    expect(bench.errorOf(2).message).toContain("is connected but takes no messages");
  });
});

describe("a client that reads slowly", () => {
  it("slows the gateway down, on new connections too", async () => {
    const bench = new SessionBench({ stdoutHighWaterMark: 1000 });
    await bench.handshake();
    bench.stdout.pause();
    for (let round = 0; round < 5; round++) {
      await bench.deliver({ method: "notifications/message", params: { data: "x".repeat(1000) } });
    }
    expect(bench.transport.channel.paused).toBe(true);
    await bench.lose();
    await bench.advance(0);
    expect(bench.transport.channel.paused).toBe(true);
    bench.stdout.resume();
    await bench.settle();
    expect(bench.transport.channel.paused).toBe(false);
    expect(bench.client.others).toHaveLength(5);
  });
});
