import { describe, expect, it } from "vitest";
import { drop, hold, reject, reply, type SettledVerdict } from "../plugin/verdict.ts";
import { RequestError } from "../plugin/request-error.ts";
import { SessionBench, type SessionBenchOptions } from "../testing/session-bench.ts";

const sample = (id: unknown, progressToken?: unknown) => ({
  id,
  method: "sampling/createMessage",
  params: progressToken === undefined ? { messages: [] } : { messages: [], _meta: { progressToken } },
});

/** A session whose gateway connection is the second one. */
async function secondLane(options: SessionBenchOptions = {}): Promise<SessionBench> {
  const bench = new SessionBench(options);
  await bench.handshake();
  await bench.lose();
  await bench.advance(0);
  await bench.answerReplay();
  return bench;
}

/** What the gateway got beside the handshake, on the connection that is open now. */
const answersOf = (bench: SessionBench) =>
  bench.receivedNow
    .map(({ payload }) => payload)
    .filter(({ method }) => method !== "initialize" && method !== "notifications/initialized");

describe("requests of the gateway", () => {
  it("pass untouched in the first gateway session, and the answer goes back", async () => {
    const bench = new SessionBench();
    await bench.handshake();
    await bench.deliver(sample(0, "tok"));
    expect(bench.client.others).toEqual([{ jsonrpc: "2.0", ...sample(0, "tok") }]);
    await bench.send({ method: "notifications/progress", params: { progressToken: "tok", progress: 1 } });
    await bench.send({ id: 0, result: { text: "hi" } });
    await bench.send({ id: 0, result: { text: "again" } });
    expect(answersOf(bench)).toEqual([
      { jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: "tok", progress: 1 } },
      { jsonrpc: "2.0", id: 0, result: { text: "hi" } },
    ]);
    expect(bench.dropped("stdin", "answer_to_nothing")).toBe(1);
  });

  it("get ids of their own in a later one, restored in the answer, with progress tokens and cancellations", async () => {
    const bench = await secondLane();
    await bench.deliver(sample(0, "tok"));
    await bench.deliver(sample(1));
    const [first, second] = bench.client.others;
    expect(first).toMatchObject({ id: "mcp-router:2:1", params: { _meta: { progressToken: "mcp-router:2:1" } } });
    expect(second).toMatchObject({ id: "mcp-router:2:2" });
    await bench.send({ method: "notifications/progress", params: { progressToken: "mcp-router:2:1", progress: 1 } });
    await bench.send({ id: "mcp-router:2:1", error: { code: -1, message: "no" } });
    await bench.deliver({ method: "notifications/cancelled", params: { requestId: 1 } });
    expect(bench.client.others.at(-1)).toMatchObject({ params: { requestId: "mcp-router:2:2" } });
    await bench.send({ id: "mcp-router:2:2", result: {} });
    expect(answersOf(bench)).toEqual([
      { jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: "tok", progress: 1 } },
      { jsonrpc: "2.0", id: 0, error: { code: -1, message: "no" } },
    ]);
  });

  it("are cancelled at the client when their connection is lost, and a late answer reaches nobody", async () => {
    const bench = new SessionBench();
    await bench.handshake();
    await bench.deliver(sample(0, "tok"));
    await bench.lose();
    expect(bench.client.others.at(-1)).toMatchObject({ method: "notifications/cancelled", params: { requestId: 0 } });
    await bench.advance(0);
    await bench.answerReplay();
    await bench.deliver(sample(0));
    await bench.send({ id: 0, result: { late: true } });
    await bench.send({ method: "notifications/progress", params: { progressToken: "tok", progress: 2 } });
    expect(answersOf(bench)).toEqual([]);
    expect(bench.dropped("stdin", "answer_to_nothing")).toBe(1);
    expect(bench.dropped("stdin", "progress_of_nothing")).toBe(1);
  });

  it("are refused in a session of self-contained requests, whose clients take none", async () => {
    const bench = new SessionBench();
    await bench.send({ id: 1, method: "tools/list" });
    await bench.deliver({ id: 5, method: "ping" });
    expect(bench.client.messages).toEqual([]);
    expect(bench.receivedNow.at(-1)?.payload).toMatchObject({ id: 5, error: { code: -32601 } });
    expect(bench.dropped("gateway", "request_in_modern_session")).toBe(1);
  });

  it("are passed once when the gateway repeats an id, and a cancellation of nothing is dropped", async () => {
    const bench = new SessionBench();
    await bench.handshake();
    await bench.deliver(sample(3));
    await bench.deliver(sample(3));
    await bench.deliver({ method: "notifications/cancelled", params: { requestId: 4 } });
    await bench.deliver({ method: "notifications/cancelled" });
    expect(bench.client.others).toHaveLength(1);
    expect(bench.dropped("gateway", "duplicate_id")).toBe(1);
    expect(bench.dropped("gateway", "cancel_of_nothing")).toBe(2);
  });

  it("are refused past a thousand, and when no line can hold them", async () => {
    const bench = new SessionBench();
    await bench.handshake();
    for (let id = 0; id < 1000; id++)
      bench.transport.channel.deliver(JSON.stringify({ jsonrpc: "2.0", ...sample(id) }));
    await bench.settle();
    await bench.deliver(sample(1000));
    expect(bench.client.others).toHaveLength(1000);
    expect(answersOf(bench)).toMatchObject([{ id: 1000, error: { code: -31006 } }]);
    await bench.send(...Array.from({ length: 1000 }, (_, id) => ({ id, result: {} })));
    await bench.deliver({ id: 1001, method: "x", params: { text: "x".repeat(10 * 1024 * 1024) } });
    expect(answersOf(bench).at(-1)).toMatchObject({ id: 1001, error: { code: -31006 } });
  });

  it("may have the id of a request of the client", async () => {
    const bench = new SessionBench();
    await bench.handshake();
    await bench.send({ id: 0, method: "tools/list" });
    await bench.deliver(sample(0));
    await bench.deliver({ id: 0, result: { tools: [] } });
    await bench.send({ id: 0, result: {} });
    expect(bench.client.answers(0)).toHaveLength(1);
    expect(answersOf(bench).map(({ method }) => method)).toEqual(["tools/list", undefined]);
  });
});

describe("plugins and requests of the gateway", () => {
  const release: { verdict: (verdict: SettledVerdict) => void } = { verdict: () => {} };
  const plugins: SessionBenchOptions["plugins"] = {
    reader: (hooks) =>
      hooks.onFrame.tap(({ message }) => {
        switch (message.method ?? "") {
          case "ask/answer":
            return reply({ by: "plugin" });
          case "ask/null":
            return hold(Promise.resolve(reply({ text: "x".repeat(10 * 1024 * 1024) })));
          case "ask/reject":
            return reject(new RequestError("PLUGIN_REJECTED", "not today"));
          case "ask/drop":
            return drop("no");
          case "ask/fail":
            return hold(Promise.reject(new Error("broken")));
          case "ask/later":
            return hold(new Promise((resolve) => (release.verdict = resolve)));
          default:
            return undefined;
        }
      }),
  };

  it("answer or refuse in the client's place", async () => {
    const bench = new SessionBench({ plugins });
    await bench.handshake();
    for (const [id, name] of ["answer", "null", "reject", "drop", "fail"].entries()) {
      await bench.deliver({ id, method: `ask/${name}` });
    }
    expect(bench.client.others).toEqual([]);
    expect(answersOf(bench)).toMatchObject([
      { id: 0, result: { by: "plugin" } },
      { id: 1, error: { code: -31008 } },
      { id: 2, error: { code: -31011, message: "not today" } },
      { id: 3, error: { message: "refused by the plugin reader" } },
      { id: 4, error: { code: -31011 } },
    ]);
  });

  it("can wait, and pass it on then; not when the connection has gone", async () => {
    const bench = new SessionBench({ plugins });
    await bench.handshake();
    await bench.deliver({ id: 1, method: "ask/later" });
    await bench.deliver({ id: 2, method: "ask/now" });
    expect(bench.client.others.map(({ method }) => method)).toEqual(["ask/now"]);
    release.verdict(undefined);
    await bench.settle();
    expect(bench.client.others.map(({ method }) => method)).toEqual(["ask/now", "ask/later"]);
    await bench.deliver({ id: 3, method: "ask/later" });
    await bench.lose();
    release.verdict(undefined);
    await bench.settle();
    expect(bench.client.others.filter(({ id }) => id === 3)).toEqual([]);
  });

  it("can refuse the client's answer: the gateway is told", async () => {
    const bench = new SessionBench({
      plugins: {
        guard: (hooks) => hooks.beforeSend.tap(({ message }) => (message.kind === "response" ? drop("no") : undefined)),
      },
    });
    await bench.handshake();
    await bench.deliver(sample(7));
    await bench.send({ id: 7, result: { secret: true } });
    expect(answersOf(bench)).toMatchObject([{ id: 7, error: { code: -32600 } }]);
  });
});
