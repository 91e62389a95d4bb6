import { describe, expect, it } from "vitest";

import { startFaultRig } from "./support/fault-rig.ts";
import { EACH_ROW, MATRIX } from "./support/transports.ts";

const FLAPS = 10;

describe.each(MATRIX)(EACH_ROW, (row) => {
  it("a gateway that is away for a while, again and again: what was asked meanwhile is answered, and each session begins once", async () => {
    const { client, proxy, test, ledger, dice, call, recovered } = await startFaultRig(row);
    await client.initialize();
    for (let round = 0; round < 3; round++) {
      await recovered();
      await proxy.disable();
      const replies = Array.from({ length: 30 }, () => call(dice.pick(["tools/call", "tools/list"])));
      await client.router.says("ECONNREFUSED");
      await proxy.enable();
      for (const { result, error } of await Promise.all(replies)) {
        // What was written before the loss was noticed may have been on its way.
        if (result === undefined) expect(error?.data["outcome"]).toBe("unknown");
      }
    }
    expect(test.count("initialize")).toBe(test.connections);
    expect(test.count("notifications/initialized")).toBe(test.connections);
    expect(client.notifications.items).toEqual([]);
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
    expect(ledger.violations(), ledger.print()).toEqual([]);
    expect(ledger.summary()).toMatchObject({ lost: 0, duplicates: 0 });
  });

  it("a gateway that takes every connection and loses it a little later is dialled ever more rarely, up to the longest pause", async () => {
    const { client, proxy } = await startFaultRig(row, {
      config: { gateway: { reconnect: { initial_delay_ms: 10, max_delay_ms: 160, jitter: 0 } } },
    });
    await client.initialize();
    const pauses: number[] = [];
    for (let flap = 0; flap < FLAPS; flap++) {
      // It is up for long enough to do the handshake.
      const up = flap === 0 ? undefined : proxy.next("frame", ({ frame }) => frame.payload.includes("initialized"));
      await up;
      const back = proxy.next("connected");
      proxy.cutAll("reset");
      const lostAt = performance.now();
      await back;
      pauses.push(performance.now() - lostAt);
    }
    // The first dial is immediate; then 10, 20, 40, 80, 160, 160 …, of which timers may fire a millisecond early.
    const least = [0, ...Array.from({ length: FLAPS - 1 }, (_, flap) => Math.min(160, 10 * 2 ** flap) - 2)];
    expect(pauses.filter((pause, flap) => pause < (least[flap] ?? 0))).toEqual([]);
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  });
});
