import { describe, expect, it } from "vitest";
import { SessionBench } from "../testing/session-bench.ts";

const call = (id: unknown, name: string, more: object = {}) => ({
  id,
  method: "tools/call",
  params: { name, ...more },
});

/** The server's tools, each with the hints it gives. */
async function listTools(bench: SessionBench, tools: { readonly [name: string]: object | undefined }): Promise<void> {
  const listed = Object.entries(tools).map(([name, annotations]) => ({ name, ...(annotations && { annotations }) }));
  await bench.send({ id: "list", method: "tools/list" });
  await bench.deliver({ id: "list", result: { tools: listed } });
}

describe("a tool that may run twice", () => {
  it("is called again after a loss when the configuration names it, and others are not", async () => {
    const bench = new SessionBench({ retry: { names: ["read_file"] } });
    await bench.send(call(1, "read_file"), call(2, "pay"), call(3, "read_file", { requestState: "once" }));
    await bench.lose();
    await bench.advance(0);
    expect(bench.transmissions(1)).toHaveLength(2);
    for (const id of [2, 3]) expect(bench.errorOf(id).data).toMatchObject({ outcome: "unknown" });
    await bench.deliver({ id: 1, result: {} });
    expect(bench.client.answers(1)).toHaveLength(1);
    expect(bench.metric('resent_total{why="lost"}')).toBe(1);
  });

  it("is called three times at most", async () => {
    const bench = new SessionBench({ retry: { names: ["read_file"] } });
    await bench.send(call(1, "read_file"));
    for (let round = 0; round < 3; round++) await bench.reconnect();
    expect(bench.transmissions(1)).toHaveLength(3);
    expect(bench.errorOf(1).data).toMatchObject({ outcome: "unknown", attempt: 3 });
  });

  it.each([
    ["readOnlyHint", { readOnlyHint: true }, 2],
    ["idempotentHint", { idempotentHint: true }, 2],
    ["a hint that is not true", { readOnlyHint: "yes", idempotentHint: false }, 1],
    ["no hint", undefined, 1],
  ])("is known by the server's %s where that is trusted", async (_what, annotations, times) => {
    const bench = new SessionBench({ retry: { trustAnnotations: true } });
    await listTools(bench, { look: annotations });
    await bench.send(call(1, "look"));
    await bench.lose();
    await bench.advance(0);
    expect(bench.transmissions(1)).toHaveLength(times);
  });

  it("is not known by hints where those are not trusted", async () => {
    const bench = new SessionBench();
    await listTools(bench, { look: { readOnlyHint: true } });
    await bench.send(call(1, "look"));
    await bench.lose();
    expect(bench.errorOf(1).data).toMatchObject({ outcome: "unknown" });
  });

  it("is forgotten when the tools have changed, until they are listed again", async () => {
    const bench = new SessionBench({ retry: { trustAnnotations: true } });
    await listTools(bench, { look: { readOnlyHint: true }, other: { readOnlyHint: true } });
    await listTools(bench, { look: {} });
    await bench.send(call(1, "look"), call(2, "other"));
    await bench.lose();
    await bench.advance(0);
    expect(bench.transmissions(1)).toHaveLength(1);
    expect(bench.transmissions(2)).toHaveLength(2);
    await bench.deliver({ id: 2, result: {} });
    await bench.deliver({ method: "notifications/tools/list_changed" });
    await bench.send(call(3, "other"));
    await bench.lose();
    await bench.advance(2000);
    expect(bench.transmissions(3)).toHaveLength(1);
  });
});

describe("the budget for sending again", () => {
  const lists = (first: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: first + index, method: "tools/list" }));

  it("bounds what is sent again after a loss, and says of the rest that it may have run", async () => {
    const bench = new SessionBench();
    await bench.send(...lists(1, 8));
    await bench.lose();
    await bench.advance(0);
    expect(bench.receivedNow.map(({ payload }) => payload["id"])).toEqual([1, 2, 3, 4, 5]);
    for (const id of [6, 7, 8]) expect(bench.errorOf(id).data).toMatchObject({ outcome: "unknown" });
    expect(bench.metric("retry_tokens")).toBe(5);
  });

  it("has room for a tenth of what has succeeded on the connection that was lost", async () => {
    const bench = new SessionBench();
    await bench.send(...lists(1, 100));
    for (let id = 1; id <= 100; id++) await bench.deliver({ id, result: {} });
    await bench.send(...lists(101, 16));
    await bench.lose();
    await bench.advance(0);
    expect(bench.receivedNow).toHaveLength(15);
    expect(bench.metric("retry_tokens")).toBe(5);
  });

  it("fills again with time, up to its size", async () => {
    const bench = new SessionBench();
    await bench.send(...lists(1, 5));
    await bench.lose();
    await bench.advance(2000);
    expect(bench.metric("retry_tokens")).toBe(7);
    await bench.advance(20_000);
    expect(bench.metric("retry_tokens")).toBe(10);
  });

  it("of 0 has nothing sent again but handshakes and subscriptions", async () => {
    const bench = new SessionBench({ retry: { budget: 0 } });
    await bench.send({ id: "init", method: "initialize" }, ...lists(1, 1), { id: "s", method: "subscriptions/listen" });
    await bench.lose();
    await bench.advance(0);
    expect(bench.methodsNow).toEqual(["initialize", "subscriptions/listen"]);
    expect(bench.errorOf(1).data).toMatchObject({ outcome: "unknown" });
  });
});

describe("the answer to a request that was given up", () => {
  it("never reaches a new request with the same id, which is refused while that answer may come", async () => {
    const bench = new SessionBench();
    await bench.send(call(1, "slow"));
    await bench.send({ method: "notifications/cancelled", params: { requestId: 1 } });
    await bench.send(call(1, "fast"));
    expect(bench.errorOf(1)).toMatchObject({ code: -32600, message: expect.stringContaining("Use a new id") });
    expect(bench.transmissions(1)).toHaveLength(1);
    await bench.deliver({ id: 1, result: { of: "slow" } });
    expect(bench.dropped("gateway", "late_reply")).toBe(1);
    await bench.send(call(1, "fast"));
    await bench.deliver({ id: 1, result: { of: "fast" } });
    expect(bench.client.answers(1).at(-1)).toMatchObject({ result: { of: "fast" } });
  });

  it("is waited for a minute, and no longer than its connection stands", async () => {
    const bench = new SessionBench({ limits: { requestTimeoutMs: 5000 } });
    await bench.send({ id: 1, method: "tools/list" });
    await bench.advance(5000);
    expect(bench.errorOf(1).code).toBe(-31003);
    expect(bench.metric("owed_answers")).toBe(1);
    await bench.advance(59_999);
    await bench.send(call(1, "x"));
    expect(bench.client.answers(1)).toHaveLength(2);
    await bench.advance(1);
    await bench.send(call(1, "x"));
    expect(bench.transmissions(1)).toHaveLength(2);
    await bench.send({ method: "notifications/cancelled", params: { requestId: 1 } });
    await bench.reconnect();
    await bench.send(call(1, "x"));
    expect(bench.transmissions(1)).toHaveLength(3);
  });
});

describe("a subscription that the gateway ends", () => {
  it("is over for the client too, and news of it that comes later finds it gone", async () => {
    const bench = new SessionBench();
    await bench.send({ id: "sub", method: "subscriptions/listen" }, call(1, "x"));
    await bench.deliver({ method: "notifications/cancelled", params: { requestId: 1 } });
    expect(bench.dropped("gateway", "cancel_of_nothing")).toBe(1);
    await bench.deliver({ method: "notifications/cancelled", params: { requestId: "sub" } });
    expect(bench.client.others).toHaveLength(1);
    expect(bench.metric("open_requests")).toBe(1);
    await bench.lose();
    await bench.advance(0);
    expect(bench.transmissions("sub")).toHaveLength(1);
  });

  it("is acknowledged after a loss for the first time when it was not before", async () => {
    const bench = new SessionBench();
    const _meta = { "io.modelcontextprotocol/subscriptionId": "sub" };
    const acknowledged = { method: "notifications/subscriptions/acknowledged", params: { _meta, notifications: {} } };
    const params = { notifications: { toolsListChanged: true } };
    await bench.send({ id: "sub", method: "subscriptions/listen", params });
    await bench.reconnect();
    await bench.deliver(acknowledged);
    expect(bench.client.others.map(({ method }) => method)).toEqual([acknowledged.method]);
    await bench.reconnect();
    await bench.deliver(acknowledged);
    expect(bench.client.others.slice(1)).toEqual([
      { jsonrpc: "2.0", method: "notifications/tools/list_changed", params: { _meta } },
    ]);
  });
});
