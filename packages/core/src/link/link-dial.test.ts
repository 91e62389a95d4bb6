import { describe, expect, it } from "vitest";
import { DialError } from "../plugin/dial-error.ts";
import { refuse } from "../plugin/hooks.ts";
import { dialTimes, linkBench as bench } from "../testing/link-bench.ts";
import { settle } from "../testing/settle.ts";
import { TEST_ENDPOINT } from "../testing/test-endpoint.ts";

const unreachable = new DialError("unreachable", "connection refused");

describe("a link that dials", () => {
  it("dials at once, once, and tells its owner of the connection", async () => {
    const { link, transport, events, changes, clock } = bench();
    expect(link.state).toBe("idle");
    link.start();
    link.start();
    await settle();
    expect(transport.dials).toHaveLength(1);
    transport.dial.accept();
    await settle();
    expect(events).toEqual(["opened"]);
    expect(link.state).toBe("open");
    expect(changes.map(({ state, info }) => [state, info?.status])).toEqual([
      ["connecting", undefined],
      ["open", 101],
    ]);
    expect(link.endpoint).toBe(TEST_ENDPOINT);
    expect(clock.timers).toBe(1);
  });

  it("backs off from a gateway that is away, up to the cap, and never gives up", async () => {
    const all = bench();
    all.transport.policy = unreachable;
    all.link.start();
    expect(await dialTimes(all, 120_000)).toEqual([0, 1000, 3000, 7000, 15_000, 31_000, 61_000, 91_000]);
    expect(all.link.lastError).toBe(unreachable);
    expect(all.events.slice(0, 2)).toEqual(["refused unreachable 1000", "refused unreachable 2000"]);
  });

  it("gives a dial that nobody answers up after its time, even when the transport does not heed the signal", async () => {
    const { link, transport, clock, events } = bench();
    link.start();
    await clock.advance(5000);
    expect(events).toEqual(["refused timeout 1000"]);
    expect(link.lastError?.message).toBe("no connection to ws://gateway.test within 5000 ms");
    expect(transport.dial.signal.aborted).toBe(true);
    const late = transport.dial.accept();
    await settle();
    expect(late.ended).toBe("terminate");
    expect(events).toEqual(["refused timeout 1000"]);
    await clock.advance(1000);
    expect(transport.dials).toHaveLength(2);
  });

  it("in vain for too long is told as the transport tells it, when that heeds the signal", async () => {
    const { transport, clock, link } = bench();
    link.start();
    await settle();
    const { dial } = transport;
    dial.signal.addEventListener("abort", () => {
      const { reason } = dial.signal;
      dial.refuse(
        new DialError("timeout", `the TLS handshake was not answered (${reason.name})`, { hint: "use ws://" }),
      );
    });
    await clock.advance(5000);
    expect(link.lastError).toMatchObject({
      message: "the TLS handshake was not answered (TimeoutError)",
      hint: "use ws://",
    });
  });

  it("names the credential when it was that which never came", async () => {
    const { link, clock, events } = bench({ authenticate: () => new Promise(() => {}) });
    link.start();
    await clock.advance(5000);
    expect(events).toEqual(["refused timeout 1000"]);
    expect(link.lastError).toMatchObject({
      message: "no credential for ws://gateway.test within 5000 ms",
      phase: "auth",
    });
  });

  it("reports what a transport throws as unreachable", async () => {
    const { link, transport } = bench();
    link.start();
    await settle();
    transport.dial.refuse(new TypeError("Invalid URL"));
    await settle();
    expect(link.lastError).toMatchObject({ reason: "unreachable", permanent: false });
    expect(link.lastError?.message).toContain("Invalid URL");
  });

  it("keeps terminal escapes of a peer out of the log", async () => {
    const { link, transport, log } = bench();
    transport.policy = new DialError("unavailable", "said \u001b[2J");
    link.start();
    await settle();
    expect(log.of("warn")).toEqual(["said \\u001b[2J"]);
  });

  it("waits at least as long as the gateway asks", async () => {
    const all = bench();
    all.transport.policy = new DialError("rate_limited", "429", { retryAfterMs: 20_000 });
    all.link.start();
    await all.clock.advance(6000);
    expect(all.link.nudge()).toBe(false);
    expect(await dialTimes(all, 30_000)).toEqual([14_000]);
  });

  it("asks the plugins before each dial, and waits as they say", async () => {
    const attempts: number[] = [];
    const { link, transport, clock, events } = bench({
      beforeConnect: ({ attempt }) => {
        attempts.push(attempt);
        return attempt === 1 ? refuse("circuit open", 10_000) : undefined;
      },
    });
    link.start();
    await settle();
    expect(events).toEqual(["refused refused 10000"]);
    expect(transport.dials).toHaveLength(0);
    await clock.advance(10_000);
    expect(transport.dials).toHaveLength(1);
    expect(attempts).toEqual([1, 2]);
  });
});
