import { describe, expect, it } from "vitest";
import { DialError } from "../plugin/dial-error.ts";
import { dialTimes, linkBench as bench } from "../testing/link-bench.ts";
import { settle } from "../testing/settle.ts";

const unreachable = new DialError("unreachable", "connection refused");

describe("a link that is nudged", () => {
  it("starts when it has not yet", async () => {
    const { link, transport } = bench();
    expect(link.nudge()).toBe(true);
    await settle();
    expect(transport.dials).toHaveLength(1);
    expect(link.nudge()).toBe(true);
  });

  it("brings a dial forward, at most every five seconds", async () => {
    const { link, transport, clock } = bench();
    transport.policy = new DialError("tls", "self-signed certificate");
    link.start();
    await settle();
    expect(link.nudge()).toBe(false);
    await clock.advance(4999);
    expect(link.nudge()).toBe(false);
    expect(transport.dials).toHaveLength(1);
    await clock.advance(1);
    expect(link.nudge()).toBe(true);
    await settle();
    expect(transport.dials).toHaveLength(2);
    expect(link.nudge()).toBe(false);
    await clock.advance(60_000);
    expect(transport.dials).toHaveLength(3);
  });
});

describe("a link whose wait is cut short", () => {
  it("by traffic soon after a dial, dials when that is five seconds ago, not before the gateway allows", async () => {
    const all = bench();
    all.transport.policy = new DialError("unreachable", "connection refused");
    all.link.start();
    await all.clock.advance(15_000);
    await all.clock.advance(1000);
    expect(all.link.nudge()).toBe(false);
    expect(all.link.nudge()).toBe(false);
    all.transport.policy = new DialError("rate_limited", "429", { retryAfterMs: 20_000 });
    expect(await dialTimes(all, 6000)).toEqual([4000]);
    all.link.nudge();
    expect(await dialTimes(all, 60_000)).toEqual(expect.arrayContaining([17_750]));
  });
});

describe("a link that is stopped", () => {
  it("closes the connection in order, or cuts it, and tells of the loss", async () => {
    for (const how of ["close", "now"] as const) {
      const { link, transport, clock, events, states } = bench();
      transport.policy = "accept";
      link.start();
      await settle();
      link.stop(how);
      link.stop(how);
      expect(transport.channel.ended).toBe(how === "close" ? "close" : "terminate");
      expect(events).toHaveLength(2);
      expect(states()).toEqual(["connecting", "open", "closed"]);
      expect(clock.timers).toBe(0);
      link.pause();
      link.resume();
      link.start();
      expect(link.nudge()).toBe(true);
      await clock.advance(100_000);
      expect(transport.dials).toHaveLength(1);
    }
  });

  it("aborts a dial that is under way and cuts what it opens", async () => {
    const { link, transport, clock, events } = bench();
    link.start();
    await settle();
    link.stop("now");
    expect(transport.dial.signal.aborted).toBe(true);
    const channel = transport.dial.accept();
    await settle();
    expect(channel.ended).toBe("terminate");
    expect(events).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it("cuts a connection that opened in the very moment of the stop", async () => {
    const { link, transport, events } = bench();
    link.start();
    await settle();
    const channel = transport.dial.accept();
    await transport.dial.opened.then(() => link.stop("now"));
    await settle();
    expect(channel.ended).toBe("terminate");
    expect(events).toEqual([]);
  });

  it("dials no more while it waits for the next dial, or for its credential", async () => {
    const waiting = bench();
    waiting.transport.policy = unreachable;
    waiting.link.start();
    await settle();
    waiting.link.stop("now");
    expect(waiting.clock.timers).toBe(0);
    const asking = bench({ authenticate: () => new Promise(() => {}) });
    asking.link.start();
    asking.link.stop("now");
    await settle();
    expect(asking.clock.timers).toBe(0);
    expect(asking.transport.dials).toHaveLength(0);
  });
});
