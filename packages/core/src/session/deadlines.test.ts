import { describe, expect, it } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { Deadlines, type Expiring } from "./deadlines.ts";

function bench() {
  const clock = new FakeClock();
  const expired: string[] = [];
  const start = clock.now();
  const deadlines = new Deadlines<Expiring & { readonly name: string }>(clock, (item) => {
    expired.push(`${item.name} ${clock.now() - start}`);
  });
  const item = (name: string) => ({ name, expiresAt: undefined, expiryQueue: 0 });
  return { clock, expired, deadlines, item };
}

describe("Deadlines", () => {
  it("expire in time whatever the order they were set in, with one timer", async () => {
    const { clock, expired, deadlines, item } = bench();
    deadlines.set(item("long"), 100);
    deadlines.set(item("short"), 10);
    await clock.advance(5);
    deadlines.set(item("short too"), 10);
    expect(clock.timers).toBe(1);
    await clock.advance(200);
    expect(expired).toEqual(["short 10", "short too 15", "long 100"]);
    expect(clock.timers).toBe(0);
  });

  it("can be replaced, cleared and taken away with 0", async () => {
    const { clock, expired, deadlines, item } = bench();
    const [replaced, cleared, none] = [item("replaced"), item("cleared"), item("none")];
    for (const each of [replaced, cleared, none]) deadlines.set(each, 10);
    deadlines.set(replaced, 50);
    deadlines.clear(cleared);
    deadlines.clear(cleared);
    deadlines.set(none, 0);
    await clock.advance(100);
    expect(expired).toEqual(["replaced 50"]);
  });

  it("all that a blocked loop made late expire together", async () => {
    const { clock, expired, deadlines, item } = bench();
    deadlines.set(item("a"), 10);
    deadlines.set(item("b"), 20);
    clock.block(100);
    await clock.advance(0);
    expect(expired).toEqual(["a 100", "b 100"]);
  });

  it("never expire once stopped", async () => {
    const { clock, expired, deadlines, item } = bench();
    deadlines.set(item("a"), 10);
    deadlines.stop();
    expect(clock.timers).toBe(0);
    await clock.advance(100);
    expect(expired).toEqual([]);
  });
});
