import { describe, expect, it } from "vitest";
import { DialError } from "../plugin/dial-error.ts";
import { hold, type SettledVerdict } from "../plugin/verdict.ts";
import { SessionBench } from "../testing/session-bench.ts";

const call = (id: unknown) => ({ id, method: "tools/call", params: { name: "pay" } });
const LIMITS = { connectMs: 5000, drainMs: 5000 };

/** Ends the client's input and finishes; tells whether and when that came to its end. */
async function endOfInput(bench: SessionBench, how: "drain" | "now" = "drain") {
  bench.stdin.end();
  expect(await bench.session.end).toBe("stdin_end");
  const state = { done: false };
  const finished = bench.session.finish(how, LIMITS).then(() => (state.done = true));
  await bench.settle();
  return { state, finished };
}

describe("the end of the client's input", () => {
  it("with nothing open is over at once, and closes the connection in order", async () => {
    const bench = new SessionBench();
    await bench.send(call(1));
    await bench.deliver({ id: 1, result: {} });
    const { state } = await endOfInput(bench);
    expect(state.done).toBe(true);
    expect(bench.transport.channel.ended).toBe("close");
    expect(bench.clock.timers).toBe(0);
  });

  it("waits for the answers to come, then is over without delay", async () => {
    const bench = new SessionBench();
    await bench.send(call(1), call(2));
    const { state } = await endOfInput(bench);
    await bench.advance(1000);
    await bench.deliver({ id: 1, result: {} });
    expect(state.done).toBe(false);
    await bench.deliver({ id: 2, result: {} });
    expect(state.done).toBe(true);
    expect(bench.client.messages).toHaveLength(2);
    expect(bench.clock.timers).toBe(0);
  });

  it("answers what is open after the drain, and takes it back at the gateway", async () => {
    const bench = new SessionBench();
    await bench.send(call(1), { id: 2, method: "tools/list" });
    const { state } = await endOfInput(bench);
    await bench.advance(4999);
    expect(state.done).toBe(false);
    await bench.advance(1);
    expect(state.done).toBe(true);
    for (const id of [1, 2]) expect(bench.errorOf(id)).toMatchObject({ code: -31009, data: { outcome: "unknown" } });
    expect(bench.methodsNow).toEqual([
      "tools/call",
      "tools/list",
      "notifications/cancelled",
      "notifications/cancelled",
    ]);
    expect(bench.receivedNow.at(-1)?.payload).toMatchObject({ params: { requestId: 2 } });
  });

  it("sends what was read before it, once the first connection is there", async () => {
    const bench = new SessionBench();
    bench.transport.policy = "wait";
    await bench.send({ id: "test-1", method: "initialize", params: {} });
    const { state } = await endOfInput(bench);
    await bench.advance(3000);
    expect(state.done).toBe(false);
    bench.transport.channels.push(bench.transport.dial.accept());
    await bench.settle();
    await bench.advance(3000);
    await bench.deliver({ id: "test-1", result: { protocolVersion: "2025-11-25" } });
    expect(state.done).toBe(true);
    expect(bench.client.answers("test-1")).toHaveLength(1);
  });

  it("sends what an open gateway was too slow to take", async () => {
    const bench = new SessionBench();
    await bench.send(call(1));
    bench.transport.channel.block();
    await bench.send(call(2));
    const { state } = await endOfInput(bench);
    bench.transport.channel.drain();
    await bench.deliver({ id: 1, result: {} });
    await bench.deliver({ id: 2, result: {} });
    expect(state.done).toBe(true);
  });

  it("names the cause to what found no gateway", async () => {
    const bench = new SessionBench();
    bench.transport.policy = new DialError("unreachable", "connection refused");
    await bench.send(call(1), { method: "notifications/x" });
    const { state } = await endOfInput(bench);
    await bench.advance(5000);
    expect(state.done).toBe(true);
    expect(bench.errorOf(1)).toMatchObject({ code: -31009, data: { outcome: "not_sent" } });
    expect(bench.errorOf(1).message).toBe(
      "the router is shutting down (connection refused). The request was not sent.",
    );
  });

  it("does not wait for subscriptions", async () => {
    const bench = new SessionBench();
    await bench.send({ id: "sub", method: "subscriptions/listen" });
    const { state } = await endOfInput(bench);
    expect(state.done).toBe(true);
    expect(bench.errorOf("sub").code).toBe(-31009);
  });

  it("takes a last message without a line break for what it is", async () => {
    const bench = new SessionBench();
    bench.client.wrote({ jsonrpc: "2.0", ...call(1) });
    bench.stdin.write(JSON.stringify({ jsonrpc: "2.0", ...call(1) }));
    bench.stdin.end();
    expect(await bench.session.end).toBe("stdin_end");
    const finishing = bench.session.finish("drain", { connectMs: 5000, drainMs: 5000 });
    await bench.settle();
    await bench.deliver({ id: 1, result: {} });
    await finishing;
    expect(bench.client.answers(1)).toHaveLength(1);
  });

  it("does not wait for a gateway that was there before when only a notification is left", async () => {
    const bench = new SessionBench();
    await bench.handshake();
    bench.transport.policy = new DialError("unreachable", "connection refused");
    await bench.lose();
    await bench.send({ method: "notifications/roots/list_changed" });
    bench.stdin.end();
    await bench.session.end;
    await bench.session.finish("drain", { connectMs: 5000, drainMs: 5000 });
  });

  it("drops an unfinished line, and what comes after", async () => {
    const bench = new SessionBench();
    bench.stdin.write('{"jsonrpc":"2.0","id":1,"method":"tools/list"');
    const { state } = await endOfInput(bench);
    expect(state.done).toBe(true);
    expect(bench.dropped("stdin", "unfinished_line")).toBe(1);
    expect(bench.client.messages).toEqual([]);
  });

  it("tells what is known of each: held by a plugin, or already answered", async () => {
    const bench = new SessionBench({
      plugins: {
        holder: (hooks) => {
          hooks.beforeSend.tap(({ message }) => (message.id === "1" ? hold(new Promise(() => {})) : undefined));
          hooks.onFrame.tap(() => hold(new Promise(() => {})));
        },
      },
    });
    await bench.send(call(1), call(2));
    await bench.deliver({ id: 2, result: {} });
    const { state } = await endOfInput(bench);
    await bench.advance(5000);
    expect(state.done).toBe(true);
    expect(bench.errorOf(1).data).toMatchObject({ outcome: "not_sent" });
    expect(bench.errorOf(2).data).toMatchObject({ outcome: "executed" });
  });

  it("sends what a plugin lets go meanwhile", async () => {
    let release: (verdict: SettledVerdict) => void = () => {};
    const held = new Promise<SettledVerdict>((resolve) => (release = resolve));
    const bench = new SessionBench({ plugins: { holder: (hooks) => hooks.beforeSend.tap(() => hold(held)) } });
    bench.transport.policy = "wait";
    await bench.send(call(1));
    const { state } = await endOfInput(bench);
    release(undefined);
    await bench.advance(100);
    bench.transport.channels.push(bench.transport.dial.accept());
    await bench.settle();
    await bench.deliver({ id: 1, result: {} });
    expect(state.done).toBe(true);
    expect(bench.client.answers(1)).toHaveLength(1);
  });
});

describe("an end without time", () => {
  it("answers everything at once and cuts the connection", async () => {
    const bench = new SessionBench();
    await bench.send(call(1));
    await bench.session.finish("now", LIMITS);
    await bench.settle();
    expect(bench.errorOf(1)).toMatchObject({ code: -31009, data: { outcome: "unknown" } });
    expect(bench.transport.channel.ended).toBe("terminate");
    expect(bench.clock.timers).toBe(0);
    bench.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...call(2) })}\n`);
    await bench.settle();
    expect(bench.received.some(({ payload }) => payload["id"] === 2)).toBe(false);
  });

  it("cuts a drain short, whichever part of it is under way", async () => {
    for (const policy of ["accept", "wait"] as const) {
      const bench = new SessionBench();
      bench.transport.policy = policy;
      await bench.send(call(1));
      const { state, finished } = await endOfInput(bench);
      expect(state.done).toBe(false);
      bench.session.hurry();
      await bench.advance(0);
      await finished;
      expect(bench.errorOf(1).code).toBe(-31009);
      expect(bench.clock.timers).toBe(0);
    }
  });

  it("does not wait for a client that has stopped reading", async () => {
    const bench = new SessionBench({ stdoutHighWaterMark: 10 });
    bench.stdout.pause();
    await bench.send(call(1), call(2));
    for (const how of ["now", "hurry"] as const) {
      const stuck = how === "now" ? bench : new SessionBench({ stdoutHighWaterMark: 10 });
      stuck.stdout.pause();
      await stuck.send(call(3), call(4));
      const state = { done: false };
      const finished = stuck.session.finish(how === "now" ? "now" : "drain", LIMITS).then(() => (state.done = true));
      if (how === "hurry") stuck.session.hurry();
      await stuck.clock.advance(199);
      expect(state.done).toBe(false);
      await stuck.clock.advance(1);
      await finished;
    }
  });
});

describe("a client that goes away", () => {
  it("is noticed by the end, the close or an error of its input", async () => {
    const closed = new SessionBench();
    closed.stdin.destroy();
    expect(await closed.session.end).toBe("stdin_end");
    const failed = new SessionBench();
    failed.stdin.destroy(new Error("EIO"));
    expect(await failed.session.end).toBe("stdin_end");
    failed.stdin.emit("error", new Error("again"));
    const before = new SessionBench();
    before.session.start();
    before.stdin.destroy();
    await before.settle();
    before.session.start();
    expect(await before.session.end).toBe("stdin_end");
  });

  it("is noticed by the end of its output", async () => {
    const failed = new SessionBench();
    failed.stdout.destroy(new Error("EPIPE"));
    expect(await failed.session.end).toBe("stdout_closed");
    await failed.session.finish("now", LIMITS);
    const closed = new SessionBench();
    closed.stdout.destroy();
    expect(await closed.session.end).toBe("stdout_closed");
  });
});
