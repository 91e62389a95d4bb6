import { describe, expect, it } from "vitest";
import { DialError } from "../plugin/dial-error.ts";
import { Secret } from "../plugin/secret.ts";
import { SERVER, SessionBench, type SessionBenchOptions } from "../testing/session-bench.ts";

const call = (id: unknown, more: object = {}) => ({ id, method: "tools/call", params: { name: "work", ...more } });
const answer = (id: unknown) => ({ id, result: { of: id } });

/** A session that stands, its only connection idle. */
async function standing(options: SessionBenchOptions): Promise<SessionBench> {
  const bench = new SessionBench(options);
  await bench.handshake();
  return bench;
}

describe("a connection that is replaced", () => {
  const replaced = { pool: { size: 1, maxIdle: 1, maxLifetimeMs: 60_000 } };

  it("for its age takes requests until the new one has the session, and ends with its last answer", async () => {
    const bench = await standing(replaced);
    await bench.send({ id: "l", method: "logging/setLevel", params: { level: "debug" } });
    await bench.deliver({ id: "l", result: {} });
    await bench.send(call(1));
    await bench.advance(60_000);
    expect(bench.transport.channels).toHaveLength(2);
    await bench.send(call(2));
    expect(bench.idsOn(0, "tools/call")).toEqual([1, 2]);
    await bench.answerRouter(1);
    expect(bench.methodsOn(1)).toEqual(["initialize", "notifications/initialized", "logging/setLevel"]);
    await bench.send(call(3));
    expect(bench.idsOn(1, "tools/call")).toEqual([3]);
    await bench.deliverOn(0, answer(1));
    expect(bench.channel(0).open).toBe(true);
    await bench.deliverOn(0, answer(2));
    expect(bench.channel(0).ended).toBe("close");
    await bench.deliverOn(1, answer(3));
    expect(bench.client.messages.slice(2)).toEqual([1, 2, 3].map((id) => ({ jsonrpc: "2.0", ...answer(id) })));
    await bench.advance(60_000);
    expect(bench.transport.channels).toHaveLength(3);
  });

  it("stays when there is no new one to be had, and is replaced when there is", async () => {
    const bench = await standing(replaced);
    bench.transport.policy = new DialError("unavailable", "503");
    await bench.advance(60_000);
    await bench.send(call(1));
    expect(bench.idsOn(0, "tools/call")).toEqual([1]);
    bench.transport.policy = "accept";
    while (bench.transport.channels.length === 1) await bench.advance(1000);
    await bench.answerRouter(1);
    await bench.deliverOn(0, answer(1));
    expect(bench.channel(0).ended).toBe("close");
    expect(bench.client.answers(1)).toEqual([{ jsonrpc: "2.0", ...answer(1) }]);
  });

  it("is no longer heard for what is not about a request of its own", async () => {
    const bench = await standing(replaced);
    await bench.send(call(1, { _meta: { progressToken: 1 } }));
    await bench.advance(60_000);
    await bench.answerRouter(1);
    await bench.deliverOn(0, { method: "notifications/tools/list_changed" });
    await bench.deliverOn(0, { method: "notifications/resources/updated", params: { uri: "a" } });
    expect(bench.client.others).toEqual([]);
    await bench.deliverOn(0, { method: "notifications/progress", params: { progressToken: 1, progress: 1 } });
    await bench.deliverOn(0, { method: "notifications/message", params: { level: "info", data: "x" } });
    expect(bench.client.others).toHaveLength(2);
  });

  it("keeps what the gateway has asked the client on the old connection until it is answered", async () => {
    const bench = await standing(replaced);
    await bench.deliverOn(0, { id: 7, method: "elicitation/create", params: {} });
    await bench.advance(60_000);
    await bench.answerRouter(1);
    expect(bench.channel(0).open).toBe(true);
    await bench.send({ id: 7, result: { action: "accept" } });
    expect(bench.receivedBy(0).find(({ payload }) => payload["id"] === 7)?.channel).toBe(0);
    expect(bench.channel(0).ended).toBe("close");
  });

  it("moves subscriptions of self-contained requests to the new one", async () => {
    const bench = await standingModern();
    await bench.advance(60_000);
    expect(bench.methodsOn(1)).toEqual(["subscriptions/listen"]);
    expect(bench.channel(0).ended).toBe("close");
    await bench.deliverOn(1, acknowledged());
    expect(bench.client.others.map(({ method }) => method)).toEqual([
      "notifications/subscriptions/acknowledged",
      "notifications/tools/list_changed",
      "notifications/resources/updated",
    ]);
    expect(bench.dropped("gateway", "acknowledged_again")).toBe(1);
  });

  it("waits for the client's handshake, whose connection must not change under it", async () => {
    const bench = new SessionBench({ pool: { maxLifetimeMs: 10_000 } });
    await bench.send({ id: "init", method: "initialize" });
    await bench.advance(15_000);
    expect(bench.transport.channels).toHaveLength(1);
    await bench.deliver({ id: "init", result: { protocolVersion: "2025-11-25" } });
    await bench.send({ method: "notifications/initialized" });
    await bench.advance(1000);
    expect(bench.transport.channels).toHaveLength(2);
  });

  it("is replaced for a new credential where messages carry none, and not where they do", async () => {
    for (const wire of ["json-rpc", "envelope"] as const) {
      let token = "a";
      const bench = new SessionBench({ wire, authenticate: (draft) => void (draft.bearer = new Secret(token)) });
      await bench.handshake();
      await bench.send(call(1));
      token = "b";
      await bench.changeCredential();
      expect(bench.transport.channels).toHaveLength(wire === "json-rpc" ? 2 : 1);
      if (wire === "json-rpc") await bench.answerRouter(1);
      await bench.send(call(2));
      if (wire === "envelope") expect(bench.received.at(-1)?.envelope["auth_token"]).toBe("b");
      else expect(bench.transport.dial.credential.bearer?.reveal()).toBe("b");
      await bench.deliverOn(0, answer(1));
      await bench.deliver(answer(2));
      expect(bench.client.messages.slice(1)).toEqual([1, 2].map((id) => ({ jsonrpc: "2.0", ...answer(id) })));
    }
  });

  it("is still replaced for a new credential when the client begins another session meanwhile", async () => {
    let cert = "one";
    const bench = new SessionBench({ authenticate: (draft) => void (draft.tls = { cert, key: "k" }) });
    await bench.handshake();
    cert = "two";
    await bench.changeCredential();
    expect(bench.transport.channels).toHaveLength(2);
    await bench.send({ id: "init again", method: "initialize" });
    await bench.deliverOn(0, { id: "init again", result: SERVER });
    await bench.send({ method: "notifications/initialized" });
    await bench.advance(1000);
    await bench.answerRouter(bench.transport.channels.length - 1);
    await bench.send(call(1));
    expect(bench.idsOn(0, "tools/call")).toEqual([]);
    expect(bench.transport.dial.credential.tls?.cert).toBe("two");
  });

  it("is replaced for another client certificate and other headers, and not for the same ones", async () => {
    let tls = { cert: "one", key: "one" };
    let team = "blue";
    const bench = new SessionBench({
      authenticate: (draft) => {
        draft.tls = { ...tls };
        draft.headers.set("x-team", new Secret(team));
      },
    });
    await bench.handshake();
    await bench.send(call(1));
    await bench.changeCredential();
    expect(bench.transport.channels).toHaveLength(1);
    tls = { cert: "two", key: "two" };
    await bench.changeCredential();
    expect(bench.transport.dial.credential.tls).toEqual(tls);
    await bench.answerRouter(1);
    await bench.send(call(2));
    expect(bench.idsOn(1, "tools/call")).toEqual([2]);
    await bench.deliverOn(0, answer(1));
    await bench.deliverOn(1, answer(2));
    expect(bench.channel(0).ended).toBe("close");
    team = "red";
    await bench.changeCredential();
    expect(bench.transport.channels).toHaveLength(3);
    expect(bench.client.messages.slice(1)).toEqual([1, 2].map((id) => ({ jsonrpc: "2.0", ...answer(id) })));
  });

  it("is not replaced when it was lost and dialled anew meanwhile", async () => {
    const bench = await standing(replaced);
    bench.transport.policy = "wait";
    await bench.advance(60_000);
    const successor = bench.transport.dial;
    bench.channel(0).lose();
    await bench.advance(0);
    const home = bench.transport.dial.accept(true);
    bench.transport.channels.push(home);
    await bench.settle();
    await bench.answerRouter(1);
    expect(successor.signal.aborted).toBe(true);
    await bench.send(call(1));
    expect(bench.idsOn(1, "tools/call")).toEqual([1]);
  });

  async function standingModern(): Promise<SessionBench> {
    const bench = new SessionBench(replaced);
    await bench.send({
      id: "sub",
      method: "subscriptions/listen",
      params: { notifications: { toolsListChanged: true, resourceSubscriptions: ["file:///a"] } },
    });
    await bench.deliver(acknowledged());
    return bench;
  }

  function acknowledged() {
    const _meta = { "io.modelcontextprotocol/subscriptionId": "sub" };
    return { method: "notifications/subscriptions/acknowledged", params: { _meta, notifications: {} } };
  }
});
