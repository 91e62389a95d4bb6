import { describe, expect, it } from "vitest";
import { DialError } from "../plugin/dial-error.ts";
import { linkBench as bench } from "../testing/link-bench.ts";
import { settle } from "../testing/settle.ts";

const unreachable = new DialError("unreachable", "connection refused");

describe("a link that is open", () => {
  it("delivers what came before the dial returned, after telling of the connection", async () => {
    const { link, transport, events, messages } = bench();
    link.start();
    await settle();
    transport.dial.sink.message(Buffer.from("early"), "n1");
    transport.dial.sink.message(Buffer.from("bird"));
    const channel = transport.dial.accept();
    expect(events).toEqual([]);
    await settle();
    channel.deliver("later");
    expect(events).toEqual(["opened", "message", "message", "message"]);
    expect(messages).toEqual([
      { text: "early", inReplyTo: "n1" },
      { text: "bird", inReplyTo: undefined },
      { text: "later", inReplyTo: undefined },
    ]);
  });

  it("tells of a connection that ended before the dial returned: opened, then lost, once", async () => {
    const { link, transport, events } = bench();
    link.start();
    await settle();
    transport.dial.sink.closed({ code: 1001, reason: "going" });
    transport.dial.accept();
    await settle();
    expect(events.slice(0, 2)).toEqual(["opened", "lost going"]);
    expect(events.filter((event) => event.startsWith("lost"))).toHaveLength(1);
  });

  it("tells of one loss, and dials once, when its owner cuts the connection while it is told of it", async () => {
    const { link, transport, events, clock } = bench({ onOpened: (channel) => channel.terminate() });
    link.start();
    await settle();
    transport.dial.sink.message(Buffer.from("early"));
    transport.dial.accept();
    await settle();
    expect(events).toEqual(["opened", "lost terminated"]);
    await clock.advance(0);
    expect(transport.dials).toHaveLength(2);
    expect(link.state).toBe("connecting");
  });

  it("passes nothing on that a channel says after its end, nor to its successor", async () => {
    const { link, transport, events, clock } = bench();
    transport.policy = "accept";
    link.start();
    await settle();
    const [first] = transport.dials;
    transport.channel.lose();
    await clock.advance(0);
    expect(events).toEqual(["opened", "lost reset", "opened"]);
    first?.sink.message(Buffer.from("ghost"));
    first?.sink.drain();
    first?.sink.alive();
    first?.sink.closed({ code: undefined, reason: "again" });
    expect(events).toHaveLength(3);
    transport.dial.sink.drain();
    transport.dial.sink.signal({ remaining: 3 });
    expect(events.slice(3)).toEqual(["drain", "signal 3"]);
  });

  it("dials at once after a loss, then backs off from a gateway that flaps", async () => {
    const all = bench();
    all.transport.policy = "accept";
    all.link.start();
    const opened: number[] = [];
    const start = all.clock.now();
    for (let round = 0; round < 6; round++) {
      await all.clock.advance(0);
      while (all.link.state !== "open") await all.clock.advance(250);
      opened.push(all.clock.now() - start);
      await all.clock.advance(1000);
      all.transport.channel.lose();
    }
    // One second up each time: at once, then 1, 2, 4, 8 seconds more.
    expect(opened).toEqual([0, 1000, 3000, 6000, 11_000, 20_000]);
  });

  it("starts afresh after a connection that was stable", async () => {
    const { link, transport, clock, changes } = bench();
    transport.policy = unreachable;
    link.start();
    await clock.advance(3000);
    transport.policy = "accept";
    await clock.advance(4000);
    expect(link.state).toBe("open");
    expect(link.lastError).toBeUndefined();
    await clock.advance(10_000);
    transport.channel.alive();
    transport.channel.lose();
    expect(changes.at(-1)).toMatchObject({ state: "lost", retryInMs: 0, end: { code: 1006 } });
    transport.policy = unreachable;
    await clock.advance(0);
    expect(changes.at(-1)).toMatchObject({ state: "refused", retryInMs: 1000, error: unreachable });
  });

  it("does not take a connection for a stable one on which nothing was ever heard", async () => {
    const { link, transport, clock, changes } = bench();
    transport.policy = unreachable;
    link.start();
    await clock.advance(3000);
    transport.policy = "accept";
    await clock.advance(14_000);
    transport.channel.lose();
    expect(changes.at(-1)).toMatchObject({ state: "lost", retryInMs: 8000 });
  });

  it.each([
    ["rate_limited", "dial", 1000],
    ["unavailable", "dial", 1000],
    ["unauthorized", "rejected", 0],
    ["forbidden", "rejected", 1000],
    ["protocol", "dial", 0],
  ] as const)(
    "after an end for the reason %s asks for a credential with %s, in %i ms",
    async (reason, asks, delayMs) => {
      const { link, transport, clock, changes, asked } = bench();
      transport.policy = "accept";
      link.start();
      await clock.advance(0);
      transport.channel.lose({
        code: 4000,
        reason: "x",
        error: new DialError(reason, "said so", { permanent: false }),
      });
      expect(changes.at(-1)).toMatchObject({ state: "lost", retryInMs: delayMs });
      await clock.advance(delayMs);
      expect(asked).toEqual(["dial", asks]);
    },
  );

  it("takes a protocol that its transport recognises as another one for a wrong address at once", async () => {
    const { transport, link, states, events } = bench();
    transport.policy = "accept";
    link.start();
    await settle();
    const error = new DialError("protocol", "Protocol mismatch at gateway:1: it speaks HTTP.", { hint: "Use ws://." });
    transport.channel.lose({ code: undefined, reason: "no frame", error });
    await settle();
    expect(states().slice(-2)).toEqual(["lost", "refused"]);
    expect(link.lastError).toBe(error);
    expect(events.at(-1)).toBe("refused protocol 60000");
  });

  it("takes a certificate that is refused behind the handshake for what it is at once", async () => {
    const { transport, link, events } = bench();
    transport.policy = "accept";
    link.start();
    await settle();
    const error = new DialError("tls", "the gateway asks for a client certificate", { hint: "Set client_cert." });
    transport.channel.lose({ code: undefined, reason: error.message, error });
    await settle();
    expect(link.lastError).toBe(error);
    expect(events.at(-1)).toBe("refused tls 60000");
  });

  it("knows why its last connection ended", async () => {
    const { transport, link, clock } = bench();
    transport.policy = "accept";
    link.start();
    await settle();
    transport.channel.lose({ code: undefined, reason: "maintenance" });
    expect(link.lastError).toMatchObject({ permanent: false, message: expect.stringContaining("maintenance") });
    await clock.advance(1000);
    expect(link.lastError).toBeUndefined();
    const error = new DialError("unreachable", "closed without a word", { hint: "Check gateway.framing." });
    transport.channel.lose({ code: undefined, reason: "closed", error });
    expect(link.lastError).toBe(error);
    await clock.advance(30_000);
    transport.channel.deliver("{}");
    transport.channel.lose({ code: undefined, reason: "FORBIDDEN: not for you" });
    expect(link.lastError).toMatchObject({
      permanent: false,
      message: "the connection to ws://gateway.test ended: FORBIDDEN: not for you",
    });
  });

  it("does not give up for good because of how a connection ended that was of use", async () => {
    const { transport, link } = bench();
    transport.policy = "accept";
    link.start();
    await settle();
    transport.channel.deliver("{}");
    transport.channel.lose({ code: undefined, reason: "bad", error: new DialError("tls", "bad record") });
    expect(link.lastError?.permanent).not.toBe(true);
  });

  it("takes three connections that end in a breach of protocol and bring no message for a wrong address", async () => {
    const { link, transport, clock, events } = bench();
    const breach = {
      code: 1003,
      reason: "x",
      error: new DialError("protocol", "it closed with 1003", { permanent: false }),
    };
    transport.policy = "accept";
    link.start();
    await clock.advance(0);
    transport.channel.lose(breach);
    await clock.advance(0);
    transport.channel.deliver("a message");
    for (const _ of [1, 2, 3]) {
      transport.channel.lose(breach);
      await clock.advance(20_000);
    }
    // The connection with a message is not one of them.
    expect(link.state).toBe("open");
    transport.channel.lose(breach);
    expect(events.slice(-2)).toEqual(["lost x", "refused protocol 60000"]);
    expect(link.lastError).toMatchObject({ permanent: true, message: expect.stringContaining("it closed with 1003") });
    await clock.advance(60_000);
    expect(link.state).toBe("open");
  });

  it("renews a credential before its end, and keeps the old one when that fails", async () => {
    let failing = false;
    const all = bench({
      authenticate: (draft) => {
        if (failing) throw new DialError("credential", "the sign-in is down");
        draft.expiresAt = all.clock.now() + 1_000_000;
      },
    });
    all.transport.policy = "accept";
    all.transport.answersPings = true;
    all.link.start();
    await all.clock.advance(800_000);
    expect(all.asked).toEqual(["dial", "expiry"]);
    expect(all.events.at(-1)).toBe("credential");
    failing = true;
    await all.clock.advance(810_000);
    expect(all.asked).toEqual(["dial", "expiry", "expiry", "expiry"]);
    expect(all.log.of("warn")).toContain("the credential could not be renewed before its end");
    expect(all.link.state).toBe("open");
    all.link.stop("now");
    expect(all.clock.timers).toBe(0);
  });

  it("does not take a long-lived connection that its owner gave up for a stable one", async () => {
    const { link, transport, clock, events, changes } = bench();
    transport.policy = "accept";
    link.start();
    await clock.advance(10_000);
    const useless = new DialError("protocol", "another protocol version", { permanent: false });
    link.giveUp(useless);
    expect(events.at(-1)).toBe("lost terminated");
    expect(changes.at(-1)).toMatchObject({ state: "lost", retryInMs: 1000 });
    expect(link.lastError).toBe(useless);
    await clock.advance(1000);
    expect(link.state).toBe("open");
    expect(link.lastError).toBeUndefined();
  });

  it("cuts a silent gateway, and does not while it keeps it waiting itself", async () => {
    const { link, transport, clock, events } = bench();
    transport.policy = "accept";
    link.start();
    await settle();
    const { channel } = transport;
    link.pause();
    expect(channel.paused).toBe(true);
    await clock.advance(60_000);
    expect(channel.pings).toBe(0);
    link.resume();
    expect(channel.paused).toBe(false);
    await clock.advance(14_000);
    channel.alive();
    await clock.advance(14_000);
    channel.deliver("x");
    await clock.advance(15_000);
    expect(channel.pings).toBe(1);
    await clock.advance(5000);
    expect(channel.ended).toBe("terminate");
    expect(events.at(2)).toBe("lost terminated");
  });
});
