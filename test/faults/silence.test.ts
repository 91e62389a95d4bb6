import type { Toxic } from "@mcp-router/testkit";
import { describe, expect, it } from "vitest";

import type { JsonObject } from "../support/json.ts";
import { type FaultRig, startFaultRig } from "./support/fault-rig.ts";
import { EACH_ROW, MATRIX, type MatrixRow } from "./support/transports.ts";

const KEEPALIVE_MS = 150;
const TIMEOUT_MS = 350;
const WATCHFUL: JsonObject = {
  gateway: { connection: { keepalive_interval_ms: KEEPALIVE_MS, timeout_ms: TIMEOUT_MS } },
  local: { initialize_hold_ms: 15_000 },
};

async function startSession(row: MatrixRow): Promise<FaultRig> {
  const rig = await startFaultRig(row, { config: WATCHFUL });
  await rig.client.initialize();
  await rig.recovered();
  return rig;
}

function blackHole({ proxy }: FaultRig, stream: "upstream" | "downstream"): Toxic<"timeout"> {
  return proxy.addToxic({ type: "timeout", stream, timeout: 0 });
}

async function finish({ client, ledger }: FaultRig): Promise<void> {
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  expect(ledger.violations(), ledger.print()).toEqual([]);
}

describe.each(MATRIX)(EACH_ROW, (row) => {
  it("a gateway that reads and runs, and whose answers never arrive, is given up; what was open ends", async () => {
    const rig = await startSession(row);
    const hole = blackHole(rig, "downstream");
    const { error } = await rig.call("tools/call", { name: "pay" });
    expect(error).toMatchObject({ code: -31002, data: { outcome: "unknown" } });
    expect(rig.ledger.summary()).toMatchObject({ executed: 2, unknown: 1 });
    // The dials that follow end by themselves too.
    await rig.proxy.next("connected");
    await rig.proxy.next("connected");
    hole.remove();
    await rig.recovered();
    await finish(rig);
  });

  it("a line that swallows both directions is noticed without any traffic, and not before its time", async () => {
    const rig = await startSession(row);
    const startedAt = performance.now();
    const holes = [blackHole(rig, "upstream"), blackHole(rig, "downstream")];
    await rig.proxy.next("connected");
    const tookMs = performance.now() - startedAt;
    // The last byte may have come a little before the hole.
    expect(tookMs).toBeGreaterThan(TIMEOUT_MS);
    expect(tookMs).toBeLessThan(10 * (KEEPALIVE_MS + TIMEOUT_MS));
    for (const hole of holes) hole.remove();
    await rig.recovered();
    await finish(rig);
  });

  it("a call made into the hole ends as unknown, and what it held back does no harm later", async () => {
    const rig = await startSession(row);
    const holes = [blackHole(rig, "upstream"), blackHole(rig, "downstream")];
    expect((await rig.call("tools/call", { name: "pay" })).error?.data["outcome"]).toBe("unknown");
    for (const hole of holes) hole.remove();
    await rig.recovered();
    await finish(rig);
  });

  it("an answer that drips in byte by byte is waited for, beyond the time in which silence would be deadly", async () => {
    const rig = await startSession(row);
    const drip = rig.proxy.addToxic({
      type: "slicer",
      stream: "downstream",
      average_size: 1,
      size_variation: 0,
      delay: 5,
    });
    const startedAt = performance.now();
    expect((await rig.call("tools/call", { name: "pay", filling: "x" })).result).toMatchObject({
      method: "tools/call",
    });
    expect(performance.now() - startedAt).toBeGreaterThan(KEEPALIVE_MS + TIMEOUT_MS);
    drip.remove();
    await rig.recovered();
    expect(rig.proxy.connections).toBe(1);
    await finish(rig);
  });
});

/** Where the gateway greets, that can take too long. */
const GREETED = MATRIX.filter(({ transport }) => transport.greets);

describe.each(GREETED)(EACH_ROW, (row) => {
  it("a greeting, upgrade or negotiation, that drips in byte by byte is cut in time, counts as an attempt, and the next one serves", async () => {
    const rig = await startFaultRig(row, { config: WATCHFUL });
    const drip = rig.proxy.addToxic({
      type: "slicer",
      stream: "downstream",
      average_size: 1,
      size_variation: 0,
      delay: 20,
    });
    const reply = rig.client.initialize();
    await rig.proxy.next("connected");
    const startedAt = performance.now();
    await rig.proxy.next("connected");
    expect(performance.now() - startedAt).toBeGreaterThan(TIMEOUT_MS - 50);
    expect(rig.test.count("initialize")).toBe(0);
    drip.remove();
    expect((await reply).result).toMatchObject({ serverInfo: { name: "test-server" } });
    expect(rig.test.count("initialize")).toBe(1);
    await finish(rig);
  });
});
