import { describe, expect, it } from "vitest";

import type { Asked } from "../support/test-gateway.ts";
import { startFaultRig } from "./support/fault-rig.ts";
import { EACH_ROW, MATRIX } from "./support/transports.ts";

const MEBIBYTE = 1024 * 1024;
const COUNT = 300;
const KEEPALIVE_MS = 200;
const TIMEOUT_MS = 600;
/** A gateway that is silent for so long counts as dead. */
const DEADLY_MS = KEEPALIVE_MS + TIMEOUT_MS;
const FILLING = "x".repeat(100_000);

/** 30 MB, a few at a time: a gateway that is busy is silent too. */
function flood(asked: Asked, first = 0): void {
  const { session, result, params } = asked;
  for (let n = first; n < Math.min(first + 10, COUNT); n++) {
    session.send(`{"jsonrpc":"2.0","method":"notifications/n","params":{"n":${n},"filling":"${FILLING}"}}`);
  }
  if (first < COUNT) setImmediate(() => flood(asked, first + 10));
  else result(JSON.stringify({ nonce: params["nonce"] }));
}

describe.each(MATRIX)(EACH_ROW, (row) => {
  it("a client that stops reading and then reads slowly slows the gateway down, costs no memory, and is not taken for a silent gateway", async () => {
    const { client, test, ledger, call } = await startFaultRig(row, {
      answers: { "test/flood": (asked) => flood(asked) },
      config: { gateway: { connection: { keepalive_interval_ms: KEEPALIVE_MS, timeout_ms: TIMEOUT_MS } } },
    });
    await client.initialize();
    const { stdout } = client.router.child;
    const memory = process.platform === "linux" ? client.router.peakMemory() : 0;
    const startedAt = performance.now();
    let pauses = 0;
    // One piece, then a pause, and the first one is long: the pipe is full nearly all the time.
    stdout.on("data", () => {
      if (performance.now() - startedAt > 2.5 * DEADLY_MS) return;
      stdout.pause();
      setTimeout(() => stdout.resume(), pauses++ === 0 ? 1.5 * DEADLY_MS : 20);
    });
    expect((await call("test/flood")).result).toBeDefined();
    expect(pauses).toBeGreaterThan(5);
    const numbers = client.notifications.items.map(({ params }) => params["n"]);
    expect(numbers).toEqual(Array.from({ length: COUNT }, (_, n) => n));
    if (process.platform === "linux") expect(client.router.peakMemory() - memory).toBeLessThan(64 * MEBIBYTE);
    expect(test.connections).toBe(1);
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
    expect(ledger.violations(), ledger.print()).toEqual([]);
  });
});
