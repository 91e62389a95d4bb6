import { describe, expect, it } from "vitest";
import { SERVER, SessionBench } from "../testing/session-bench.ts";

/** A session with a log level and two subscriptions, one of which was given up again. */
async function established(): Promise<SessionBench> {
  const bench = new SessionBench();
  await bench.handshake();
  const params = (uri: string) => ({ uri });
  await bench.send(
    { id: "level", method: "logging/setLevel", params: { level: "debug" } },
    { id: "a", method: "resources/subscribe", params: params("file:///a") },
    { id: "b", method: "resources/subscribe", params: params("file:///b") },
    { id: "no", method: "resources/subscribe", params: params("file:///no") },
  );
  for (const id of ["level", "a", "b"]) await bench.deliver({ id, result: {} });
  await bench.deliver({ id: "no", error: { code: -32002, message: "no such resource" } });
  await bench.send({ id: "c", method: "resources/unsubscribe", params: params("file:///a") });
  await bench.deliver({ id: "c", result: {} });
  return bench;
}

const payloads = (bench: SessionBench) => bench.receivedNow.map(({ payload }) => payload);

describe("a session that is repeated", () => {
  it("has handshake, log level and subscriptions on the new connection before anything else", async () => {
    const bench = await established();
    const answers = bench.client.messages.length;
    await bench.lose();
    await bench.send({ id: 1, method: "tools/list" }, { id: 2, method: "tools/call", params: { name: "x" } });
    await bench.advance(0);
    expect(bench.methodsNow).toEqual(["initialize"]);
    await bench.answerReplay();
    expect(bench.methodsNow).toEqual([
      "initialize",
      "notifications/initialized",
      "logging/setLevel",
      "resources/subscribe",
    ]);
    expect(payloads(bench).slice(2)).toMatchObject([{ params: { level: "debug" } }, { params: { uri: "file:///b" } }]);
    await bench.answerRouter(1);
    expect(bench.methodsNow.slice(4)).toEqual(["tools/list", "tools/call"]);
    expect(bench.client.messages).toHaveLength(answers);
  });

  it("is repeated with the version that was agreed on, under ids that no client has", async () => {
    const bench = new SessionBench();
    const params = { protocolVersion: "2099-01-01", capabilities: {}, clientInfo: { name: "test", version: "1" } };
    await bench.send({ id: 1, method: "initialize", params });
    await bench.deliver({ id: 1, result: SERVER });
    await bench.send({ method: "notifications/initialized" });
    await bench.reconnect();
    expect(payloads(bench)).toMatchObject([
      { id: "mcp-router:private:1", params: { ...params, protocolVersion: "2025-11-25" } },
    ]);
  });

  it("is repeated as it was when the client asked for no version", async () => {
    const bench = new SessionBench();
    await bench.send({ id: 1, method: "initialize" });
    await bench.deliver({ id: 1, result: SERVER });
    await bench.reconnect();
    await bench.answerReplay();
    await bench.send({ id: 2, method: "ping" });
    expect(bench.methodsNow).toEqual(["initialize", "ping"]);
    expect(payloads(bench)[0]).not.toHaveProperty("params");
  });

  it("goes on without a setting that the new gateway session refuses, and says so in the log", async () => {
    const bench = await established();
    await bench.reconnect();
    await bench.answerReplay();
    const [, , level, subscription] = payloads(bench);
    await bench.deliver({ id: level?.["id"], error: { code: -32601, message: "no logging here" } });
    await bench.deliver({ id: subscription?.["id"], result: {} });
    await bench.send({ id: 1, method: "ping" });
    expect(bench.methodsNow.at(-1)).toBe("ping");
    expect(bench.log.of("warn")).toContain("the new gateway session refused a setting of the old one");
  });

  it("is given up, and tried again, when the gateway does not answer all of it in time", async () => {
    const bench = await established();
    await bench.reconnect();
    await bench.answerReplay();
    await bench.advance(10_000);
    expect(bench.channel(1).ended).toBe("terminate");
    await bench.advance(60_000);
    expect(bench.transport.channels.length).toBeGreaterThan(2);
  });

  it("takes a setting with it whose answer was lost, once", async () => {
    const bench = new SessionBench();
    await bench.handshake();
    await bench.send({ id: "level", method: "logging/setLevel", params: { level: "debug" } });
    await bench.reconnect();
    await bench.answerReplay();
    expect(bench.methodsNow).toEqual(["initialize", "notifications/initialized", "logging/setLevel"]);
    await bench.deliver({ id: "level", result: {} });
    expect(bench.client.answers("level")).toHaveLength(1);
    await bench.reconnect();
    await bench.answerReplay();
    expect(bench.methodsNow).toEqual(["initialize", "notifications/initialized", "logging/setLevel"]);
  });

  it("holds nothing of a session that the client has begun anew", async () => {
    const bench = await established();
    await bench.handshakeAgain();
    await bench.reconnect();
    await bench.answerReplay();
    expect(bench.methodsNow).toEqual(["initialize", "notifications/initialized"]);
  });

  it("tells the client to look again where the server is another one, and only once", async () => {
    const bench = await established();
    const answers = bench.client.messages.length;
    for (const _ of [1, 2]) {
      await bench.reconnect();
      await bench.answerReplay({ serverInfo: { name: "server", version: "2" } });
      await bench.answerRouter(bench.transport.channels.length - 1);
    }
    expect(bench.client.messages.slice(answers).map(({ method }) => method)).toEqual([
      "notifications/tools/list_changed",
      "notifications/resources/list_changed",
    ]);
  });
});

it("a gateway that closes in the middle of the repetition is dialled again, and no setting is lost", async () => {
  const bench = await established();
  await bench.reconnect();
  await bench.answerReplay();
  await bench.reconnect();
  await bench.answerReplay();
  expect(bench.methodsNow.slice(2)).toEqual(["logging/setLevel", "resources/subscribe"]);
  await bench.answerRouter(2);
  await bench.send({ id: 1, method: "ping" });
  expect(bench.methodsNow.at(-1)).toBe("ping");
});
