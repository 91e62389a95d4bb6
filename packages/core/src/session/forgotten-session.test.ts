import { describe, expect, it } from "vitest";
import { SessionBench } from "../testing/session-bench.ts";

const call = (id: unknown) => ({ id, method: "tools/call", params: { name: "work" } });
const forgotten = (id: unknown, message = "Bad Request: Server not initialized", code = -32_000) => ({
  id,
  error: { code, message },
});

describe("a gateway that has lost the session and kept the connection", () => {
  it("gets the session again on a new connection, and then what it has refused; the client notices nothing", async () => {
    const bench = new SessionBench();
    await bench.handshake();
    await bench.send(call(1), call(2));
    await bench.deliver(forgotten(1));
    await bench.send({ id: 3, method: "tools/list" });
    expect(bench.methodsOn(0)).not.toContain("tools/list");
    await bench.answerRouter(1);
    expect(bench.methodsOn(1)).toEqual(["initialize", "notifications/initialized", "tools/list"]);
    await bench.advance(500);
    expect(bench.idsOn(1, "tools/call")).toEqual([1]);
    await bench.deliverOn(0, { id: 2, result: {} });
    for (const id of [1, 3]) await bench.deliverOn(1, { id, result: {} });
    expect(bench.channel(0).ended).toBe("close");
    expect(bench.client.messages.slice(1).map(({ id, error }) => [id, error])).toEqual([
      [2, undefined],
      [1, undefined],
      [3, undefined],
    ]);
  });

  it.each([
    ["Server not initialized", -32_002],
    ["Received request before initialization was complete", -32_602],
    ["Session is not initialized", -32_600],
  ])("is known by %j with %i", async (message, code) => {
    const bench = new SessionBench();
    await bench.handshake();
    await bench.send(call(1));
    await bench.deliver(forgotten(1, message, code));
    expect(bench.transport.dials).toHaveLength(2);
    expect(bench.client.answers(1)).toEqual([]);
  });

  it.each([
    ["Repository not initialized", -32_000],
    ["Server not initialized", 1],
    ["cannot push: server not initialized", -32_000],
  ])("is not seen in the error of a tool that says %j with %i, which is passed on", async (message, code) => {
    const bench = new SessionBench();
    await bench.handshake();
    await bench.send(call(1));
    await bench.deliver(forgotten(1, message, code));
    expect(bench.client.answers(1)).toMatchObject([{ error: { code, message } }]);
    expect(bench.transport.dials).toHaveLength(1);
  });

  it("is asked for a call once more, and its second refusal is the answer", async () => {
    const bench = new SessionBench();
    await bench.handshake();
    await bench.send(call(1));
    await bench.deliver(forgotten(1));
    await bench.answerRouter(1);
    await bench.advance(500);
    await bench.deliverOn(1, forgotten(1));
    expect(bench.client.answers(1)).toMatchObject([{ error: { code: -32_000 } }]);
  });

  it("is believed when the client has not finished its handshake", async () => {
    const bench = new SessionBench();
    await bench.send({ id: "init", method: "initialize" });
    await bench.deliver({ id: "init", result: { protocolVersion: "2025-11-25" } });
    await bench.send(call(1));
    await bench.deliver(forgotten(1));
    expect(bench.client.answers(1)).toMatchObject([{ error: { code: -32_000 } }]);
  });
});
