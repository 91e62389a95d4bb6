import { describe, expect, it } from "vitest";
import { SessionBench } from "../testing/session-bench.ts";

describe("replies of the gateway", () => {
  it("reach the client byte for byte, in any order, once", async () => {
    const bench = new SessionBench();
    await bench.send({ id: 1, method: "tools/list" }, { id: "1", method: "tools/list" });
    const odd = '{"jsonrpc":"2.0",  "id":"1","result":{"n":9007199254740993,"x":1.0}}';
    let raw = "";
    bench.stdout.on("data", (chunk: Buffer) => (raw += chunk.toString()));
    await bench.deliver(odd);
    await bench.deliver({ id: 1, result: { tools: [] } });
    expect(raw.split("\n")[0]).toBe(odd);
    expect(bench.client.messages.map(({ id }) => id)).toEqual(["1", 1]);
    expect(bench.metric("open_requests")).toBe(0);
  });

  it("are dropped when no open request of their lane has that id, and when they are repeated", async () => {
    const bench = new SessionBench();
    await bench.send({ id: 1, method: "tools/list" });
    for (const id of ["1", 2, null]) await bench.deliver({ id, result: {} });
    await bench.deliver('{"jsonrpc":"2.0","result":{}}');
    expect(bench.client.messages).toEqual([]);
    await bench.deliver({ id: 1, result: { first: true } });
    await bench.deliver({ id: 1, result: { second: true } });
    await bench.deliver({ id: 1, error: { code: 1, message: "third" } });
    expect(bench.client.answers(1)).toEqual([{ jsonrpc: "2.0", id: 1, result: { first: true } }]);
    expect(bench.dropped("gateway", "reply_to_nothing")).toBe(4);
    expect(bench.dropped("gateway", "malformed")).toBe(2);
  });

  it("are dropped when they come on another lane than the one that carried the request", async () => {
    const bench = new SessionBench();
    await bench.send({ id: 1, method: "tools/call", params: { name: "pay" } });
    const [first] = bench.transport.channels;
    await bench.lose();
    await bench.advance(0);
    await bench.send({ id: 2, method: "tools/call", params: { name: "pay" } });
    first?.deliver('{"mcp_payload":{"jsonrpc":"2.0","id":2,"result":{"of":"the old connection"}}}');
    await bench.settle();
    expect(bench.client.answers(2)).toEqual([]);
    await bench.deliver({ id: 2, result: {} });
    expect(bench.client.answers(2)).toHaveLength(1);
  });

  it.each([
    ["result null", '{"jsonrpc":"2.0","id":1,"result":null}', "its result is not an object"],
    ["an error that is none", '{"jsonrpc":"2.0","id":1,"error":"no"}', "its error is not an object"],
    ["a fractional code", '{"jsonrpc":"2.0","id":1,"error":{"code":1.5,"message":"x"}}', "its error code"],
    ["no message", '{"jsonrpc":"2.0","id":1,"error":{"code":1}}', "its error has no message"],
    ["result and error", '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"x"}}', "more than one of"],
    ["a repeated member", '{"jsonrpc":"2.0","id":1,"result":{},"result":{}}', "appears twice"],
    ["neither", '{"jsonrpc":"2.0","id":1}', "none of method, result and error"],
  ])("that are invalid (%s) end the request at once", async (_what, payload, why) => {
    const bench = new SessionBench();
    await bench.send({ id: 1, method: "tools/call", params: { name: "x" } });
    await bench.deliver(payload);
    const { code, message, data } = bench.errorOf(1);
    expect(code).toBe(-31010);
    expect(message).toContain(why);
    expect(data).toMatchObject({ source: "mcp-router", reason: "BAD_UPSTREAM_REPLY", outcome: "executed", attempt: 1 });
  });

  it("are mended where that takes no guess: extra members, missing or wrong jsonrpc", async () => {
    const bench = new SessionBench();
    await bench.send(...[1, 2, 3].map((id) => ({ id, method: "tools/list" })));
    await bench.deliver('{"jsonrpc":"2.0","id":1,"result":{"a":1},"extra":true}');
    await bench.deliver('{"id":2,"result":{"a":2}}');
    await bench.deliver('{"jsonrpc":"1.0","id":3,"error":{"code":-1,"message":"no"}}');
    expect(bench.client.messages).toEqual([
      { jsonrpc: "2.0", id: 1, result: { a: 1 } },
      { jsonrpc: "2.0", id: 2, result: { a: 2 } },
      { jsonrpc: "2.0", id: 3, error: { code: -1, message: "no" } },
    ]);
  });

  it("that no line can hold become an error", async () => {
    const bench = new SessionBench();
    await bench.send({ id: 1, method: "tools/list" });
    await bench.deliver({ id: 1, result: { text: "x".repeat(9.5 * 1024 * 1024) } });
    expect(bench.errorOf(1)).toMatchObject({ code: -31008, data: { outcome: "executed", direction: "reply" } });
    expect(bench.dropped("gateway", "too_large")).toBe(1);
  });

  it("are matched by the envelope when they are errors under its id, or under none", async () => {
    const bench = new SessionBench();
    await bench.send(...["a", "b", "c", "d"].map((id) => ({ id, method: "tools/list" })));
    const sent = (id: string): unknown => bench.transmissions(id)[0]?.envelope["id"];
    await bench.deliver({ id: sent("a"), error: { code: -5, message: "under the envelope's id" } });
    await bench.deliver({ id: null, error: { code: -6, message: "null" } }, { correlation_id: sent("b") });
    await bench.deliver({ error: { code: -7, message: "none" } }, { id: sent("c") });
    await bench.deliver({ id: null, result: {} }, { correlation_id: sent("d") });
    expect(["a", "b", "c", "d"].map((id) => bench.errorOf(id).code)).toEqual([-5, -6, -7, -31010]);
    await bench.deliver({ id: sent("a"), error: { code: -5, message: "again" } });
    await bench.deliver({ id: null, error: { code: -6, message: "of nobody" } });
    expect(bench.dropped("gateway", "reply_to_nothing")).toBe(2);
  });

  it("that are garbage, batches or envelopes without anything harm nobody", async () => {
    const bench = new SessionBench();
    await bench.send({ id: 1, method: "tools/list" });
    for (const frame of [
      "",
      "garbage",
      "[]",
      '[{"jsonrpc":"2.0","id":1,"result":{}}]',
      "{}",
      '{"mcp_payload":7}',
      "null",
    ]) {
      await bench.deliverRaw(frame);
    }
    expect(bench.client.messages).toEqual([]);
    await bench.deliver({ id: 1, result: {} });
    expect(bench.client.answers(1)).toHaveLength(1);
  });

  it("do not end a request because the gateway asks something malformed under the same id", async () => {
    const bench = new SessionBench();
    await bench.send({ id: 1, method: "tools/call", params: { name: "x" } });
    const correlated = { correlation_id: bench.received[0]?.envelope["id"] };
    await bench.deliver('{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":5}', correlated);
    await bench.deliver('{"jsonrpc":"2.0","method":"","params":{}}', correlated);
    expect(bench.client.messages).toEqual([]);
    await bench.deliver({ id: 1, result: { ok: true } });
    expect(bench.client.answers(1)).toEqual([{ jsonrpc: "2.0", id: 1, result: { ok: true } }]);
  });
});

describe("progress", () => {
  const asked = { id: 7, method: "tools/call", params: { name: "x", _meta: { progressToken: "p" } } };
  const progress = (progressToken: unknown, value: unknown) => ({
    method: "notifications/progress",
    params: { progressToken, progress: value },
  });

  it("passes while its request is open, and only then", async () => {
    const bench = new SessionBench();
    await bench.send(asked);
    await bench.deliver(progress("p", 1));
    await bench.deliver(progress("q", 1));
    await bench.deliver(progress(7, 1));
    await bench.deliver({ method: "notifications/progress" });
    await bench.deliver({ id: 7, result: {} });
    await bench.deliver(progress("p", 2));
    expect(bench.client.others).toHaveLength(1);
    expect(bench.dropped("gateway", "progress_of_nothing")).toBe(4);
  });

  it("does not go back, but need not be a number", async () => {
    const bench = new SessionBench();
    await bench.send(asked);
    for (const value of [1, 3, 2, 3, "odd"]) await bench.deliver(progress("p", value));
    expect(bench.client.others.map(({ params }) => params)).toEqual([
      { progressToken: "p", progress: 1 },
      { progressToken: "p", progress: 3 },
      { progressToken: "p", progress: 3 },
      { progressToken: "p", progress: "odd" },
    ]);
    expect(bench.dropped("gateway", "progress_going_back")).toBe(1);
  });

  it("is not repeated when a read is sent a second time", async () => {
    const bench = new SessionBench();
    await bench.send({ id: 7, method: "resources/read", params: { uri: "u", _meta: { progressToken: 5 } } });
    await bench.deliver(progress(5, 1));
    await bench.deliver(progress(5, 2));
    await bench.lose();
    await bench.advance(0);
    for (const value of [1, 2, 3]) await bench.deliver(progress(5, value));
    expect(bench.client.others.map(({ params }) => params)).toEqual(
      [1, 2, 3].map((value) => ({ progressToken: 5, progress: value })),
    );
  });
});

describe("notifications of the gateway", () => {
  it("pass, without members that do not belong there, when a line can hold them", async () => {
    const bench = new SessionBench();
    await bench.send({ id: 1, method: "ping" });
    await bench.deliver('{"jsonrpc":"2.0","method":"notifications/message","params":{"a":1},"result_of":2,"id2":1}');
    await bench.deliver({ method: "custom/thing" });
    await bench.deliver({ method: "big", params: { text: "x".repeat(10 * 1024 * 1024) } });
    expect(bench.client.others.map(({ method }) => method)).toEqual(["notifications/message", "custom/thing"]);
    expect(bench.dropped("gateway", "too_large")).toBe(1);
  });

  it("may come bare, outside any envelope", async () => {
    const bench = new SessionBench();
    await bench.send({ id: 1, method: "ping" });
    await bench.deliverRaw('{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"shutting down"}}');
    expect(bench.client.others).toHaveLength(1);
  });
});
