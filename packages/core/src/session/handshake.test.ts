import { describe, expect, it } from "vitest";
import { SERVER, SessionBench } from "../testing/session-bench.ts";

describe("a new gateway session", () => {
  it("begins with the client's handshake, under a private id and with the agreed version, and the client notices nothing", async () => {
    const bench = new SessionBench();
    await bench.handshake({ protocolVersion: "2025-06-18" });
    await bench.send({ id: 1, method: "tools/list" });
    const seen = bench.client.messages.length;
    await bench.lose();
    await bench.advance(0);
    await bench.send({ id: 2, method: "tools/call", params: { name: "x" } });
    expect(bench.methodsNow).toEqual(["initialize"]);
    expect(bench.receivedNow[0]?.payload).toEqual({
      jsonrpc: "2.0",
      id: "mcp-router:private:1",
      method: "initialize",
      params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "test", version: "1" } },
    });
    await bench.answerReplay({ protocolVersion: "2025-06-18" });
    expect(bench.methodsNow).toEqual(["initialize", "notifications/initialized", "tools/list", "tools/call"]);
    expect(bench.client.messages).toHaveLength(seen);
    await bench.answerReplay({ protocolVersion: "2025-06-18" });
    expect(bench.client.messages).toHaveLength(seen);
  });

  it("begins with the handshake that was agreed, also after the client's second one was refused", async () => {
    const bench = new SessionBench();
    await bench.handshake();
    await bench.send({ id: "second", method: "initialize", params: { protocolVersion: "1999-01-01" } });
    await bench.deliver({ id: "second", error: { code: -32602, message: "no" } });
    await bench.reconnect();
    await bench.send({ id: 1, method: "tools/list" });
    expect(bench.methodsNow).toEqual(["initialize"]);
    await bench.answerReplay();
    expect(bench.methodsNow).toEqual(["initialize", "notifications/initialized", "tools/list"]);
  });

  it("is told of `initialized` only when the client has said it", async () => {
    const bench = new SessionBench();
    await bench.send({ id: "init", method: "initialize", params: {} });
    await bench.deliver({ id: "init", result: SERVER });
    await bench.lose();
    await bench.advance(0);
    await bench.answerReplay();
    expect(bench.methodsNow).toEqual(["initialize"]);
    await bench.send({ method: "notifications/initialized" });
    expect(bench.methodsNow).toEqual(["initialize", "notifications/initialized"]);
  });

  it.each(["while there is no connection", "while the handshake is repeated"])(
    "is told of `initialized` once when the client says it %s",
    async (when) => {
      const bench = new SessionBench();
      await bench.send({ id: "init", method: "initialize", params: {} });
      await bench.deliver({ id: "init", result: SERVER });
      await bench.lose();
      if (when === "while the handshake is repeated") await bench.advance(0);
      await bench.send({ method: "notifications/initialized" }, { method: "notifications/roots/list_changed" });
      await bench.advance(0);
      await bench.answerReplay();
      expect(bench.methodsNow).toEqual(["initialize", "notifications/initialized", "notifications/roots/list_changed"]);
    },
  );

  it("lets the client know once what may differ at another server, of the kinds it knows can change", async () => {
    const bench = new SessionBench();
    await bench.handshake();
    const before = bench.client.messages.length;
    for (const version of ["2", "2", "3"]) {
      await bench.reconnect();
      await bench.answerReplay({ serverInfo: { name: "server", version } });
    }
    expect(bench.client.messages.slice(before).map(({ method }) => method)).toEqual([
      "notifications/tools/list_changed",
      "notifications/resources/list_changed",
      "notifications/tools/list_changed",
      "notifications/resources/list_changed",
    ]);
  });

  it.each([
    ["another version", { protocolVersion: "2024-11-05" }, "now speaks protocol version"],
    ["no version", { protocolVersion: null }, "now speaks protocol version"],
  ])("that answers with %s cannot go on: what waits is told, and dialling goes on", async (_what, result, why) => {
    const bench = new SessionBench();
    await bench.handshake();
    await bench.lose();
    await bench.send({ id: 1, method: "tools/call", params: { name: "x" } });
    await bench.advance(0);
    await bench.answerReplay(result);
    expect(bench.errorOf(1)).toMatchObject({ code: -31001, data: { outcome: "not_sent", retryable: true } });
    expect(bench.errorOf(1).message).toContain(why);
    await bench.advance(1000);
    await bench.answerReplay();
    await bench.send({ id: 2, method: "tools/list" });
    expect(bench.transmissions(2)).toHaveLength(1);
  });

  it("that refuses the handshake is given up, with a wait that grows", async () => {
    const bench = new SessionBench();
    await bench.handshake();
    await bench.lose();
    const times: number[] = [];
    await bench.advance(0);
    for (let round = 0; round < 4; round++) {
      const asked = bench.receivedNow[0]?.payload["id"];
      await bench.deliver({ id: asked, error: { code: -1, message: "full \u001b[2J" } });
      const lost = bench.clock.now();
      const dials = bench.transport.dials.length;
      while (bench.transport.dials.length === dials) await bench.advance(500);
      times.push(bench.clock.now() - lost);
    }
    expect(times).toEqual([1000, 2000, 4000, 8000]);
    expect(bench.log.of("warn").join("")).not.toContain("\u001b");
  });

  it("that never answers the handshake is given up after ten seconds, with a wait that grows", async () => {
    const bench = new SessionBench();
    await bench.handshake();
    await bench.lose();
    await bench.send({ id: 1, method: "tools/call", params: { name: "x" } });
    await bench.advance(10_000);
    expect(bench.errorOf(1).message).toContain("did not answer the repeated handshake within 10000 ms");
    expect(bench.transport.dials).toHaveLength(2);
    await bench.advance(1000);
    expect(bench.transport.dials).toHaveLength(3);
    await bench.advance(10_000);
    await bench.advance(1999);
    expect(bench.transport.dials).toHaveLength(3);
    await bench.advance(1);
    expect(bench.transport.dials).toHaveLength(4);
    await bench.answerReplay();
    expect(bench.methodsNow).toEqual(["initialize", "notifications/initialized"]);
  });

  it("lost in the middle of the handshake begins it again", async () => {
    const bench = new SessionBench();
    await bench.handshake();
    await bench.lose();
    await bench.advance(0);
    await bench.lose();
    await bench.advance(2000);
    await bench.answerReplay();
    expect(bench.methodsNow).toEqual(["initialize", "notifications/initialized"]);
  });

  it("has no handshake when the client never made one, or its handshake failed", async () => {
    const bench = new SessionBench();
    await bench.send({ id: 1, method: "initialize", params: {} });
    await bench.deliver({ id: 1, error: { code: -1, message: "no" } });
    await bench.lose();
    await bench.advance(0);
    await bench.send({ id: 2, method: "tools/list" });
    expect(bench.methodsNow).toEqual(["tools/list"]);
  });
});
