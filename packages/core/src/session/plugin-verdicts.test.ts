import { describe, expect, it } from "vitest";
import { drop, hold, reject, reply, type SettledVerdict } from "../plugin/verdict.ts";
import type { Outbound } from "../plugin/hooks.ts";
import { RequestError } from "../plugin/request-error.ts";
import { SessionBench } from "../testing/session-bench.ts";

const call = (id: unknown, name = "x") => ({ id, method: "tools/call", params: { name } });

describe("what plugins decide about requests", () => {
  it("answers, refuses and drops them, each with one answer", async () => {
    const bench = new SessionBench({
      plugins: {
        decider: (hooks) =>
          hooks.beforeSend.tap(({ message }) => {
            if (message.name === "answer") return reply({ cached: true });
            if (message.name === "refuse")
              return reject(new RequestError("RATE_LIMITED", "slow down", { retryAfterMs: 5 }));
            return message.name === "drop" ? drop("unwanted") : undefined;
          }),
      },
    });
    await bench.send(call(1, "answer"), call(2, "refuse"), call(3, "drop"), call(4, "pass"));
    expect(bench.client.answers(1)).toEqual([{ jsonrpc: "2.0", id: 1, result: { cached: true } }]);
    expect(bench.errorOf(2)).toMatchObject({ code: -31004, message: "slow down", data: { retry_after_ms: 5 } });
    expect(bench.errorOf(3)).toMatchObject({ code: -31011, data: { reason: "PLUGIN_REJECTED", outcome: "not_sent" } });
    expect(bench.received.map(({ payload }) => payload["id"])).toEqual([4]);
  });

  it("never reaches the client as a line that is no message", async () => {
    const circular: Record<string, never> = {};
    Reflect.set(circular, "itself", circular);
    const bench = new SessionBench({
      plugins: {
        careless: (hooks) =>
          hooks.beforeSend.tap(({ message }) => {
            if (message.name === "circular") return reply(circular);
            if (message.name === "large") return reply({ text: "x".repeat(10 * 1024 * 1024) });
            return message.name === "null" ? reply(null) : undefined;
          }),
      },
    });
    await bench.send(call(1, "circular"), call(2, "large"), call(3, "null"));
    expect(bench.errorOf(1)).toMatchObject({ code: -31011, data: { reason: "PLUGIN_FAILED" } });
    expect(bench.errorOf(2).code).toBe(-31008);
    expect(bench.errorOf(3)).toMatchObject({ code: -31011, data: { reason: "PLUGIN_FAILED" } });
  });

  it("sets the namespace, and edits the message without losing track of it", async () => {
    const bench = new SessionBench({
      plugins: {
        editor: (hooks) =>
          hooks.beforeSend.tap((outbound: Outbound) => {
            outbound.namespace = "elsewhere";
            if (outbound.message.kind === "request") outbound.message.set("/params/_meta/progressToken", "other");
          }),
      },
    });
    await bench.send({ id: 1, method: "tools/call", params: { name: "x", _meta: { progressToken: "p" } } });
    expect(bench.received[0]).toMatchObject({
      envelope: { target_namespace: "elsewhere" },
      payload: { params: { _meta: { progressToken: "other" } } },
    });
    await bench.deliver({ id: 1, result: {} });
    await bench.send({ method: "notifications/x" });
    expect(bench.received[1]?.envelope["target_namespace"]).toBe("elsewhere");
  });

  it("can wait: the next tap goes on after the hold, and nothing else waits", async () => {
    const order: string[] = [];
    let release: (verdict: SettledVerdict) => void = () => {};
    const held = new Promise<SettledVerdict>((resolve) => (release = resolve));
    const bench = new SessionBench({
      plugins: {
        first: (hooks) => hooks.beforeSend.tap(({ message }) => void order.push(`first ${message.name ?? ""}`)),
        holder: (hooks) => hooks.beforeSend.tap(({ message }) => (message.name === "slow" ? hold(held) : undefined)),
        last: (hooks) => hooks.beforeSend.tap(({ message }) => void order.push(`last ${message.name ?? ""}`)),
      },
    });
    await bench.send(call(1, "slow"), call(2, "fast"));
    expect(bench.received.map(({ payload }) => payload["id"])).toEqual([2]);
    release(undefined);
    await bench.settle();
    expect(bench.received.map(({ payload }) => payload["id"])).toEqual([2, 1]);
    expect(order).toEqual(["first slow", "first fast", "last fast", "last slow"]);
  });

  it.each([
    ["an answer", (): Promise<SettledVerdict> => Promise.resolve(reply({ late: true })), undefined],
    ["a refusal", () => Promise.resolve(reject(new RequestError("RATE_LIMITED", "no"))), -31004],
    ["a failure", () => Promise.reject(new Error("store is down")), -31011],
  ])("can wait for %s", async (_what, settle, code) => {
    const bench = new SessionBench({
      plugins: { holder: (hooks) => hooks.beforeSend.tap(() => hold(settle())) },
    });
    await bench.send(call(1));
    if (code === undefined)
      expect(bench.client.answers(1)).toEqual([{ jsonrpc: "2.0", id: 1, result: { late: true } }]);
    else expect(bench.errorOf(1).code).toBe(code);
    expect(bench.received).toEqual([]);
    expect(bench.faults).toHaveLength(code === -31011 ? 1 : 0);
  });

  it("ends at the request's deadline when it never comes", async () => {
    const bench = new SessionBench({
      plugins: { stuck: (hooks) => hooks.beforeSend.tap(() => hold(new Promise(() => {}))) },
    });
    await bench.send(call(1), { id: 2, method: "server/discover" });
    await bench.advance(2100);
    expect(bench.errorOf(2)).toMatchObject({ code: -31003, data: { outcome: "not_sent" } });
    await bench.advance(58_000);
    expect(bench.errorOf(1)).toMatchObject({ code: -31003, data: { outcome: "not_sent" } });
    expect(bench.errorOf(1).message).toContain("a plugin held it too long. The request was not sent.");
  });

  it("cannot park notifications and answers: they go on to the next plugin", async () => {
    const seen: (string | undefined)[] = [];
    const bench = new SessionBench({
      plugins: {
        holder: (hooks) =>
          hooks.beforeSend.tap(({ request }) =>
            request === undefined ? hold(Promise.reject(new Error("x"))) : undefined,
          ),
        next: (hooks) => hooks.beforeSend.tap(({ message }) => void seen.push(message.method)),
      },
    });
    await bench.send({ method: "notifications/x" });
    expect(bench.methodsNow).toEqual(["notifications/x"]);
    expect(seen).toEqual(["notifications/x"]);
  });

  it("keeps notifications from the gateway", async () => {
    const bench = new SessionBench({ plugins: { guard: (hooks) => hooks.beforeSend.tap(() => drop("no")) } });
    await bench.send({ method: "notifications/x" }, { method: "notifications/cancelled", params: { requestId: 1 } });
    expect(bench.received).toEqual([]);
    expect(bench.dropped("stdin", "plugin")).toBe(2);
  });
});

describe("what plugins decide about answers", () => {
  const inbound = (decide: (name: string | undefined) => ReturnType<typeof hold> | SettledVerdict) =>
    new SessionBench({
      plugins: {
        reader: (hooks) =>
          hooks.onFrame.tap(({ message, request }) =>
            message.kind === "response" ? decide(request?.name) : undefined,
          ),
      },
    });

  it("takes their place", async () => {
    const bench = inbound((name) => {
      if (name === "other") return reply({ other: true });
      if (name === "large") return reply({ text: "x".repeat(10 * 1024 * 1024) });
      return name === "drop"
        ? drop("secret")
        : reject(new RequestError("PLUGIN_REJECTED", "no", { outcome: "executed" }));
    });
    await bench.send(...["other", "large", "drop", "reject"].map((name) => call(name, name)));
    for (const id of ["other", "large", "drop", "reject"]) await bench.deliver({ id, result: {} });
    expect(bench.client.answers("other")).toEqual([{ jsonrpc: "2.0", id: "other", result: { other: true } }]);
    expect(bench.errorOf("large").data).toMatchObject({ reason: "TOO_LARGE", outcome: "executed" });
    expect(bench.errorOf("drop").data).toMatchObject({ reason: "PLUGIN_REJECTED", outcome: "executed" });
    expect(bench.errorOf("reject").data).toMatchObject({ outcome: "executed" });
    expect(bench.metric('requests_total{outcome="executed",reason="none"}')).toBe(1);
  });

  it("can wait, during which neither a second answer nor progress passes", async () => {
    const releases: ((verdict: SettledVerdict) => void)[] = [];
    const bench = inbound(() => hold(new Promise((resolve) => releases.push(resolve))));
    await bench.send({ id: 1, method: "tools/call", params: { name: "x", _meta: { progressToken: 1 } } }, call(2));
    await bench.deliver({ id: 1, result: { first: true } });
    await bench.deliver({ id: 1, result: { second: true } });
    await bench.deliver({ method: "notifications/progress", params: { progressToken: 1, progress: 1 } });
    await bench.deliver({ id: 2, result: {} });
    expect(bench.client.messages).toEqual([]);
    await bench.lose();
    releases[0]?.(undefined);
    releases[1]?.(reply({ other: true }));
    await bench.settle();
    expect(bench.client.answers(1)).toEqual([{ jsonrpc: "2.0", id: 1, result: { first: true } }]);
    expect(bench.client.answers(2)).toEqual([{ jsonrpc: "2.0", id: 2, result: { other: true } }]);
  });

  it("that never comes ends the request at its deadline, as executed", async () => {
    const bench = inbound(() => hold(new Promise(() => {})));
    await bench.send({ id: 1, method: "tools/list" });
    await bench.deliver({ id: 1, result: {} });
    await bench.advance(60_000);
    expect(bench.errorOf(1)).toMatchObject({ code: -31003, data: { outcome: "executed" } });
    expect(bench.errorOf(1).message).toContain("a plugin held the answer too long. The call has run.");
  });

  it("that fails is an error, as executed", async () => {
    const bench = inbound(() => hold(Promise.reject(new Error("scanner is down"))));
    await bench.send({ id: 1, method: "tools/list" });
    await bench.deliver({ id: 1, result: {} });
    expect(bench.errorOf(1).data).toMatchObject({ reason: "PLUGIN_FAILED", outcome: "executed" });
  });

  it("keeps notifications from the client, and cannot park them", async () => {
    const bench = new SessionBench({
      plugins: {
        reader: (hooks) =>
          hooks.onFrame.tap(({ message }) => {
            if (message.method === "notifications/held") return hold(new Promise(() => {}));
            return message.method === "notifications/secret" ? drop("secret") : undefined;
          }),
      },
    });
    await bench.send(call(1));
    for (const name of ["held", "secret", "open"]) await bench.deliver({ method: `notifications/${name}` });
    expect(bench.client.others.map(({ method }) => method)).toEqual(["notifications/held", "notifications/open"]);
  });
});
