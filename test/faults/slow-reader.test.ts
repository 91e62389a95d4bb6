import { describe, expect, it } from "vitest";

import { startFaultRig } from "./support/fault-rig.ts";
import { EACH_ROW, MATRIX } from "./support/transports.ts";

const MEBIBYTE = 1024 * 1024;
const COUNT = 400;
const KEEPALIVE_MS = 50;
const TIMEOUT_MS = 150;

describe.each(MATRIX)(EACH_ROW, (row) => {
  it("a client that reads slowly slows the gateway down, costs no memory, and is not taken for a silent gateway", async () => {
    const filling = "x".repeat(100_000);
    const { client, test, ledger, call } = await startFaultRig(row, {
      answers: {
        "test/flood": ({ session, result, params }) => {
          for (let n = 0; n < COUNT; n++) {
            session.send(`{"jsonrpc":"2.0","method":"notifications/n","params":{"n":${n},"filling":"${filling}"}}`);
          }
          result(JSON.stringify({ nonce: params["nonce"] }));
        },
      },
      config: { gateway: { connection: { keepalive_interval_ms: KEEPALIVE_MS, timeout_ms: TIMEOUT_MS } } },
    });
    await client.initialize();
    const { stdout } = client.router.child;
    const memory = process.platform === "linux" ? client.router.peakMemory() : 0;
    const startedAt = performance.now();
    // One piece, then a pause: the pipe is full nearly all the time, for several times what silence may last.
    stdout.on("data", () => {
      if (performance.now() - startedAt > 6 * (KEEPALIVE_MS + TIMEOUT_MS)) return;
      stdout.pause();
      setTimeout(() => stdout.resume(), 20);
    });
    expect((await call("test/flood")).result).toBeDefined();
    expect(performance.now() - startedAt).toBeGreaterThan(6 * (KEEPALIVE_MS + TIMEOUT_MS));
    const numbers = client.notifications.items.map(({ params }) => params["n"]);
    expect(numbers).toEqual(Array.from({ length: COUNT }, (_, n) => n));
    if (process.platform === "linux") expect(client.router.peakMemory() - memory).toBeLessThan(64 * MEBIBYTE);
    expect(test.connections).toBe(1);
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
    expect(ledger.violations(), ledger.print()).toEqual([]);
  });
});
