import { describe, expect, it } from "vitest";
import { DialError } from "../plugin/dial-error.ts";
import { SessionBench, type SessionBenchOptions } from "../testing/session-bench.ts";

const call = (id: unknown) => ({ id, method: "tools/call", params: { name: "work" } });
const refused = new DialError("unreachable", "connection refused");

/** Two endpoints, the second of which stands by. */
function twoEndpoints(options: SessionBenchOptions = {}): SessionBench {
  return new SessionBench({ endpoints: 2, ...options });
}

function policy(bench: SessionBench, endpoint: number, value: "wait" | "accept" | DialError): void {
  const transport = bench.transports[endpoint];
  if (transport !== undefined) transport.policy = value;
}

const dials = (bench: SessionBench) => bench.transports.map((transport) => transport.dials.length);
const last = (bench: SessionBench, endpoint: number) => (bench.transports[endpoint]?.channels.length ?? 0) - 1;

/** A session at the first endpoint. */
async function served(options: SessionBenchOptions = {}): Promise<SessionBench> {
  const bench = twoEndpoints(options);
  await bench.handshake();
  return bench;
}

/** A session that has moved to the second endpoint because the first is away. */
async function moved(): Promise<SessionBench> {
  const bench = await served();
  policy(bench, 0, refused);
  bench.channel(0).lose();
  await bench.advance(0);
  await bench.answerRouter(0, 1);
  return bench;
}

/** Lets time pass until the first endpoint is connected again. */
async function untilBack(bench: SessionBench): Promise<void> {
  policy(bench, 0, "accept");
  const before = last(bench, 0);
  while (last(bench, 0) === before) await bench.advance(250);
}

describe("several endpoints", () => {
  it("leave the next one alone while the best one answers", async () => {
    const bench = await served();
    await bench.advance(10_000);
    expect(dials(bench)).toEqual([1, 0]);
  });

  it("have the next one serve when the best one refuses, at once", async () => {
    const bench = twoEndpoints();
    policy(bench, 0, refused);
    await bench.send(call(1));
    expect(bench.methodsOn(0, 1)).toEqual(["tools/call"]);
  });

  it("have the next one serve when the best one does not answer in a quarter of a second", async () => {
    const bench = twoEndpoints();
    policy(bench, 0, "wait");
    await bench.send(call(1));
    await bench.advance(249);
    expect(dials(bench)).toEqual([1, 0]);
    await bench.advance(1);
    expect(bench.methodsOn(0, 1)).toEqual(["tools/call"]);
  });

  it("carry the session over when the best one is lost: the handshake first, then what can be sent again", async () => {
    const bench = await served();
    await bench.send({ id: 1, method: "tools/list" }, call(2));
    policy(bench, 0, refused);
    bench.channel(0).lose();
    await bench.advance(0);
    expect(bench.errorOf(2).data).toMatchObject({ outcome: "unknown" });
    await bench.answerRouter(0, 1);
    expect(bench.methodsOn(0, 1)).toEqual(["initialize", "notifications/initialized", "tools/list"]);
    await bench.deliverOn(0, { id: 1, result: {} }, 1);
    expect(bench.client.answers(1)).toHaveLength(1);
  });

  it("move back to the best one when it has been there for a second, and lose nothing", async () => {
    const bench = await moved();
    await bench.send(call(1));
    await untilBack(bench);
    await bench.answerRouter(last(bench, 0));
    await bench.send(call(2));
    await bench.advance(1000);
    await bench.send(call(3));
    expect(bench.idsOn(0, "tools/call", 1)).toEqual([1, 2]);
    expect(bench.idsOn(last(bench, 0), "tools/call")).toEqual([3]);
    for (const id of [1, 2]) await bench.deliverOn(0, { id, result: {} }, 1);
    await bench.deliverOn(last(bench, 0), { id: 3, result: {} });
    expect(bench.channel(0, 1).ended).toBe("close");
    expect(bench.client.messages.slice(1).map(({ id, error }) => [id, error])).toEqual([
      [1, undefined],
      [2, undefined],
      [3, undefined],
    ]);
    const before = dials(bench);
    await bench.advance(60_000);
    expect(dials(bench)).toEqual(before);
  });

  it("wait longer before they move back to one that was lost soon after", async () => {
    const bench = await moved();
    await untilBack(bench);
    await bench.answerRouter(last(bench, 0));
    await bench.advance(1000);
    policy(bench, 0, refused);
    bench.channel(last(bench, 0)).lose();
    await bench.advance(250);
    await bench.answerRouter(last(bench, 1), 1);
    await untilBack(bench);
    await bench.answerRouter(last(bench, 0));
    await bench.advance(1500);
    await bench.send(call(1));
    expect(bench.idsOn(last(bench, 1), "tools/call", 1)).toEqual([1]);
    await bench.advance(500);
    await bench.send(call(2));
    expect(bench.idsOn(last(bench, 0), "tools/call")).toEqual([2]);
  });

  it("move to the best one at once when the next one is lost", async () => {
    const bench = await moved();
    await untilBack(bench);
    await bench.answerRouter(last(bench, 0));
    bench.channel(0, 1).lose();
    await bench.settle();
    await bench.send(call(1));
    expect(bench.idsOn(last(bench, 0), "tools/call")).toEqual([1]);
  });

  it("do not move while the client's handshake is under way, and then with it", async () => {
    const bench = twoEndpoints();
    policy(bench, 0, "wait");
    await bench.send({ id: "init", method: "initialize" });
    await bench.advance(250);
    bench.transports[0]?.channels.push(bench.transport.dial.accept(true));
    await bench.advance(5000);
    policy(bench, 0, "accept");
    await bench.deliverOn(0, { id: "init", result: { protocolVersion: "2025-11-25" } }, 1);
    await bench.send({ method: "notifications/initialized" });
    await bench.advance(0);
    await bench.answerRouter(last(bench, 0));
    await bench.advance(1000);
    await bench.send(call(1));
    expect(bench.methodsOn(last(bench, 0))).toEqual(["initialize", "notifications/initialized", "tools/call"]);
  });

  it("tell the client to look again where the other server differs", async () => {
    const bench = await served();
    policy(bench, 0, refused);
    bench.channel(0).lose();
    await bench.advance(0);
    await bench.answerRouter(0, 1, { serverInfo: { name: "other", version: "1" } });
    expect(bench.client.others.map(({ method }) => method)).toEqual([
      "notifications/tools/list_changed",
      "notifications/resources/list_changed",
    ]);
  });

  it("are not heard while they only stand by", async () => {
    const bench = await moved();
    await untilBack(bench);
    await bench.answerRouter(last(bench, 0));
    await bench.deliverOn(last(bench, 0), { method: "notifications/tools/list_changed" });
    expect(bench.client.others).toEqual([]);
    expect(bench.dropped("gateway", "notification_of_other_connection")).toBe(1);
  });

  it("hear of subscriptions that were made while they stood by", async () => {
    const bench = await moved();
    await untilBack(bench);
    await bench.answerRouter(last(bench, 0));
    await bench.send({ id: "s", method: "resources/subscribe", params: { uri: "file:///a" } });
    await bench.deliverOn(0, { id: "s", result: {} }, 1);
    expect(bench.methodsOn(last(bench, 0)).at(-1)).toBe("resources/subscribe");
  });

  it("end a request with the causes of all of them when none can be reached", async () => {
    const bench = twoEndpoints();
    policy(bench, 0, refused);
    policy(bench, 1, new DialError("not_found", "404: no such path"));
    await bench.send(call(1));
    await bench.advance(60_000);
    expect(bench.errorOf(1)).toMatchObject({
      code: -31001,
      message:
        "no gateway can be reached: ws://gateway.test: connection refused; ws://gateway-2.test: 404: no such path. The request was not sent.",
      data: { outcome: "not_sent", retryable: true },
    });
  });

  it("end a request at once when waiting mends none of the causes", async () => {
    const bench = twoEndpoints();
    policy(bench, 0, new DialError("unauthorized", "401"));
    policy(bench, 1, new DialError("forbidden", "403"));
    await bench.send(call(1));
    await bench.advance(0);
    expect(bench.errorOf(1)).toMatchObject({ code: -31007, data: { retryable: false } });
  });

  it("leave nothing behind", async () => {
    const bench = await moved();
    await untilBack(bench);
    bench.stdin.end();
    await bench.session.end;
    const finished = bench.session.finish("drain", { connectMs: 5000, drainMs: 5000 });
    await bench.advance(5000);
    await finished;
    expect(bench.clock.timers).toBe(0);
    expect(bench.metric("connections")).toBe(0);
  });
});
