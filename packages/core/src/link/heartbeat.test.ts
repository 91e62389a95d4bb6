import { describe, expect, it } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { Heartbeat } from "./heartbeat.ts";

function start() {
  const clock = new FakeClock();
  const seen = { pings: 0, deaths: 0 };
  const peer: { blockedBytes: number | undefined; pending: boolean; taken: number; askable: boolean; busy: boolean } = {
    blockedBytes: undefined,
    pending: false,
    taken: 0,
    askable: true,
    busy: false,
  };
  const skew = { ms: 0 };
  const heartbeat = new Heartbeat({
    clock: { now: () => clock.now() - skew.ms, after: (delayMs, run) => clock.after(delayMs, run) },
    intervalMs: 15_000,
    timeoutMs: 5000,
    blockedBytes: () => peer.blockedBytes,
    uptake: () => ({ pending: peer.pending, taken: peer.taken }),
    ping: () => {
      if (peer.askable) seen.pings++;
      return peer.askable;
    },
    mayBeBusy: () => peer.busy,
    dead: () => void seen.deaths++,
  });
  return { clock, heartbeat, seen, peer, skew };
}

describe("Heartbeat", () => {
  it("pings after the interval of silence, and finds the peer dead after the timeout", async () => {
    const { clock, seen } = start();
    await clock.advance(14_999);
    expect(seen).toEqual({ pings: 0, deaths: 0 });
    await clock.advance(1);
    expect(seen).toEqual({ pings: 1, deaths: 0 });
    await clock.advance(4999);
    expect(seen.deaths).toBe(0);
    await clock.advance(1);
    expect(seen).toEqual({ pings: 1, deaths: 1 });
    expect(clock.timers).toBe(0);
  });

  it("waits for a peer that goes on taking a large message, and finds it dead when it stops", async () => {
    const { clock, seen, peer } = start();
    peer.pending = true;
    peer.blockedBytes = 10_000_000;
    for (let second = 0; second < 60; second++) {
      peer.taken += 10_000;
      await clock.advance(1000);
    }
    expect(seen).toEqual({ pings: 1, deaths: 0 });
    await clock.advance(5000);
    expect(seen).toEqual({ pings: 1, deaths: 1 });
  });

  it("does not look twice when its timer is early", async () => {
    const { clock, seen, peer, skew } = start();
    peer.pending = true;
    await clock.advance(15_000 + 2500);
    peer.taken += 10_000;
    // As real clocks have it: due, and by its own count not quite.
    skew.ms = 0.4;
    await clock.advance(2500);
    skew.ms = 0;
    await clock.advance(1);
    expect(seen).toEqual({ pings: 1, deaths: 0 });
  });

  it("is not deceived by a system that takes what a dead peer never will", async () => {
    const { clock, seen, peer } = start();
    await clock.advance(16_000);
    // Behind the ping, a small message: all of it is taken, and waits for nobody.
    peer.taken += 500;
    await clock.advance(4000);
    expect(seen).toEqual({ pings: 1, deaths: 1 });
  });

  it("waits for a peer that may be busy, and finds it dead when it is not any more", async () => {
    const { clock, seen, peer } = start();
    peer.busy = true;
    await clock.advance(100_000);
    expect(seen).toEqual({ pings: 1, deaths: 0 });
    peer.busy = false;
    await clock.advance(5000);
    expect(seen).toEqual({ pings: 1, deaths: 1 });
  });

  it("asks later when it cannot ask now, and finds nobody dead meanwhile", async () => {
    const { clock, seen, peer } = start();
    peer.askable = false;
    await clock.advance(100_000);
    expect(seen).toEqual({ pings: 0, deaths: 0 });
    peer.askable = true;
    await clock.advance(20_000);
    expect(seen).toEqual({ pings: 1, deaths: 1 });
  });

  it("finds a peer dead that takes nothing, however much it says", async () => {
    const { clock, heartbeat, seen, peer } = start();
    peer.blockedBytes = 2_000_000;
    for (let second = 0; second < 60 && seen.deaths === 0; second++) {
      heartbeat.alive();
      await clock.advance(1000);
    }
    expect(seen).toEqual({ pings: 0, deaths: 1 });
    expect(clock.timers).toBe(0);
  });

  it.each([
    [
      "takes some of it",
      (peer: { blockedBytes: number | undefined }) => (peer.blockedBytes = (peer.blockedBytes ?? 0) - 1),
    ],
    ["has taken all of it in between", () => undefined],
  ])("does not find a slow peer dead that %s", async (_how, take) => {
    const { clock, heartbeat, seen, peer } = start();
    peer.blockedBytes = 2_000_000;
    for (let second = 0; second < 120; second++) {
      heartbeat.alive();
      if (take(peer) === undefined && second % 14 === 0) heartbeat.taken();
      await clock.advance(1000);
    }
    expect(seen.deaths).toBe(0);
  });

  it("does not find a peer dead that takes nothing while we read nothing: each may wait for the other", async () => {
    const { clock, heartbeat, seen, peer } = start();
    peer.blockedBytes = 2_000_000;
    heartbeat.pause();
    await clock.advance(100_000);
    expect(seen.deaths).toBe(0);
    heartbeat.resume();
    await clock.advance(14_000);
    expect(seen.deaths).toBe(0);
    await clock.advance(20_000);
    expect(seen.deaths).toBe(1);
  });

  it("counts silence from the last byte, with one timer however many bytes", async () => {
    const { clock, heartbeat, seen } = start();
    for (let second = 0; second < 60; second++) {
      heartbeat.alive();
      await clock.advance(1000);
    }
    expect(seen.pings).toBe(0);
    expect(clock.timers).toBe(1);
    await clock.advance(14_000);
    expect(seen.pings).toBe(1);
  });

  it("is satisfied by any byte after the ping", async () => {
    const { clock, heartbeat, seen } = start();
    await clock.advance(16_000);
    heartbeat.alive();
    await clock.advance(14_999);
    expect(seen).toEqual({ pings: 1, deaths: 0 });
    await clock.advance(5000);
    expect(seen.pings).toBe(2);
  });

  it("proves nothing while reading is paused", async () => {
    const { clock, heartbeat, seen } = start();
    heartbeat.pause();
    await clock.advance(100_000);
    expect(seen).toEqual({ pings: 0, deaths: 0 });
    heartbeat.resume();
    await clock.advance(20_000);
    expect(seen).toEqual({ pings: 1, deaths: 1 });
  });

  it("suspends the deadline when the pause begins after the ping", async () => {
    const { clock, heartbeat, seen } = start();
    await clock.advance(15_000);
    heartbeat.pause();
    await clock.advance(100_000);
    expect(seen.deaths).toBe(0);
    heartbeat.resume();
    await clock.advance(14_999);
    expect(seen).toEqual({ pings: 1, deaths: 0 });
  });

  it("lets a blocked loop read what is there before it believes in silence", async () => {
    const { clock, heartbeat, seen } = start();
    await clock.advance(15_000);
    clock.block(8000);
    // The timer is due; the pong is read in the turn after it.
    const advanced = clock.advance(0);
    setImmediate(() => heartbeat.alive());
    await advanced;
    await clock.advance(10_000);
    expect(seen).toEqual({ pings: 1, deaths: 0 });
  });

  it("waits the whole timeout again when a timer fires early", async () => {
    const { clock, heartbeat, seen } = start();
    await clock.advance(16_000);
    heartbeat.alive();
    heartbeat.pause();
    heartbeat.resume();
    await clock.advance(4000);
    expect(seen).toEqual({ pings: 1, deaths: 0 });
    heartbeat.stop();
  });

  it("leaves no timer when stopped", async () => {
    const { clock, heartbeat, seen } = start();
    await clock.advance(15_000);
    heartbeat.stop();
    expect(clock.timers).toBe(0);
    await clock.advance(60_000);
    expect(seen.deaths).toBe(0);
  });
});
