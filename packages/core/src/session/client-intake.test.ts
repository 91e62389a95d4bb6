import { describe, expect, it } from "vitest";
import { hold, type SettledVerdict } from "../plugin/verdict.ts";
import { SessionBench } from "../testing/session-bench.ts";

const call = (id: unknown, name = "x") => ({ id, method: "tools/call", params: { name } });

describe("lines of the client", () => {
  it("that are no message are dropped without an answer", async () => {
    const bench = new SessionBench();
    await bench.sendRaw("garbage", "[]", '[{"jsonrpc":"2.0","id":1,"method":"a"}]', "7", '"x"', "null", "{");
    await bench.sendRaw('{"jsonrpc":"2.0","id":null,"method":"a"}', '{"jsonrpc":"2.0","id":1.5,"method":"a"}');
    await bench.sendRaw('{"jsonrpc":"2.0","id":{},"method":"a"}', '{"jsonrpc":"2.0","result":{}}', "\u0000");
    bench.stdin.write(Buffer.from([0x7b, 0xff, 0x7d, 0x0a]));
    await bench.settle();
    expect(bench.client.messages).toEqual([]);
    expect(bench.received).toEqual([]);
    expect(bench.dropped("stdin", "not_utf8")).toBe(1);
  });

  it("that are invalid requests are refused under their id, unless that id is open", async () => {
    const bench = new SessionBench();
    bench.client.wrote({ id: 1, method: "a" });
    bench.client.wrote({ id: "two", method: "a" });
    await bench.sendRaw('{"id":1,"method":"a"}', '{"jsonrpc":"2.0","id":"two","method":7}');
    expect(bench.errorOf(1)).toMatchObject({ code: -32600, data: { source: "mcp-router" } });
    expect(bench.errorOf("two").message).toContain("method");
    await bench.send(call(3));
    await bench.sendRaw('{"jsonrpc":"2.0","id":3,"method":7}', '{"jsonrpc":"2.0","id":9,"result":{},"error":{}}');
    expect(bench.client.answers(3)).toEqual([]);
    expect(bench.client.messages).toHaveLength(2);
  });

  it("with the id of an open request are dropped, and the first is unharmed", async () => {
    const bench = new SessionBench();
    await bench.send(call(1, "first"));
    await bench.sendRaw(JSON.stringify({ jsonrpc: "2.0", ...call(1, "second") }));
    expect(bench.received).toHaveLength(1);
    await bench.deliver({ id: 1, result: { of: "first" } });
    expect(bench.client.answers(1)).toHaveLength(1);
    expect(bench.dropped("stdin", "duplicate_id")).toBe(1);
    await bench.send(call(1, "third"));
    expect(bench.received).toHaveLength(2);
  });

  it("may use names of object members as ids and tokens", async () => {
    const bench = new SessionBench();
    for (const id of ["__proto__", "constructor", "toString"]) {
      await bench.send({ id, method: "tools/list", params: { _meta: { progressToken: id } } });
      await bench.deliver({ method: "notifications/progress", params: { progressToken: id, progress: 1 } });
      await bench.deliver({ id, result: {} });
      expect(bench.client.answers(id)).toHaveLength(1);
    }
  });

  it("over the limit are refused when an id can be found, and dropped when not", async () => {
    const bench = new SessionBench();
    const text = "x".repeat(11 * 1024 * 1024);
    bench.client.wrote({ id: 1, method: "a" });
    await bench.sendRaw(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { text } }), text);
    expect(bench.errorOf(1)).toMatchObject({ code: -31008, data: { outcome: "not_sent", direction: "request" } });
    await bench.send(call(2));
    await bench.sendRaw(JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/call", params: { text } }));
    expect(bench.client.answers(2)).toEqual([]);
    expect(bench.dropped("stdin", "too_large")).toBe(3);
  });

  it("that the gateway would not take are refused before they are sent", async () => {
    const bench = new SessionBench({ maxMessageBytes: 4096 });
    await bench.send({ id: 1, method: "tools/call", params: { name: "x".repeat(4000) } });
    expect(bench.errorOf(1)).toMatchObject({ code: -31008, data: { outcome: "not_sent", direction: "request" } });
    expect(bench.received).toEqual([]);
  });

  it("over the number of open requests are refused", async () => {
    const bench = new SessionBench({ limits: { maxConcurrentRequests: 2 } });
    await bench.send(call(1), call(2), call(3));
    expect(bench.errorOf(3)).toMatchObject({ code: -31006, data: { outcome: "not_sent", retryable: true } });
    await bench.deliver({ id: 1, result: {} });
    await bench.send(call(4));
    expect(bench.received).toHaveLength(3);
  });

  it("start the dial with their first byte, and not before", async () => {
    const bench = new SessionBench();
    await bench.settle();
    expect(bench.transport.dials).toHaveLength(0);
    bench.stdin.write("{");
    await bench.settle();
    expect(bench.transport.dials).toHaveLength(1);
  });
});

describe("a cancellation", () => {
  const cancel = (requestId: unknown) => ({
    method: "notifications/cancelled",
    params: { requestId, reason: "enough" },
  });

  it("of a request that was sent goes out on its lane, and the late answer is dropped", async () => {
    const bench = new SessionBench();
    await bench.send(call(1));
    await bench.send(cancel(1));
    expect(bench.methodsNow).toEqual(["tools/call", "notifications/cancelled"]);
    expect(bench.transport.channel.cancelled).toHaveLength(1);
    await bench.deliver({ id: 1, result: {} });
    expect(bench.client.messages).toEqual([]);
    expect(bench.metric('requests_total{outcome="cancelled",reason="none"}')).toBe(1);
  });

  it("of a request that waits takes it out of the queue and goes no further", async () => {
    const bench = new SessionBench();
    bench.transport.policy = "wait";
    await bench.send(call(1), call(2), cancel(1));
    bench.transport.channels.push(bench.transport.dial.accept());
    await bench.settle();
    expect(bench.received.map(({ payload }) => payload["id"])).toEqual([2]);
  });

  it("of nothing, of what is over and of the handshake is dropped", async () => {
    const bench = new SessionBench();
    await bench.send({ id: "init", method: "initialize", params: {} }, call(1));
    await bench.deliver({ id: 1, result: {} });
    await bench.sendRaw(...[1, 99, "1", "init"].map((id) => JSON.stringify({ jsonrpc: "2.0", ...cancel(id) })));
    await bench.sendRaw('{"jsonrpc":"2.0","method":"notifications/cancelled"}');
    expect(bench.methodsNow).toEqual(["initialize", "tools/call"]);
    expect(bench.dropped("stdin", "cancel_of_nothing")).toBe(5);
    await bench.deliver({ id: "init", result: { protocolVersion: "2025-11-25" } });
    expect(bench.client.answers("init")).toHaveLength(1);
  });

  it("of a request that a plugin holds ends it, whatever the plugin decides later", async () => {
    let release: (verdict: SettledVerdict) => void = () => {};
    const held = new Promise<SettledVerdict>((resolve) => (release = resolve));
    const bench = new SessionBench({
      plugins: {
        limiter: (hooks) => hooks.beforeSend.tap(({ request }) => (request === undefined ? undefined : hold(held))),
      },
    });
    await bench.send(call(1), cancel(1));
    release(undefined);
    await bench.settle();
    expect(bench.received).toEqual([]);
    expect(bench.client.messages).toEqual([]);
  });
});
