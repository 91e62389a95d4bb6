import { describe, expect, it } from "vitest";

import { startFaultRig } from "./support/fault-rig.ts";
import { EACH_ROW, MATRIX } from "./support/transports.ts";

/** What no parser keeps. */
const PAYLOAD =
  '{"b":1,"10":2,"a":[9007199254740993,1e400,1.0,-0],"t":"é漢🙂\\ud83d \\u0000","__proto__":{"x":1}, "b":3}';

describe.each(MATRIX)(EACH_ROW, (row) => {
  it("on a line whose latency jumps about, everything is answered and matched", async () => {
    const { client, proxy, ledger, dice, call, test } = await startFaultRig(row, {
      config: { gateway: { connection: { keepalive_interval_ms: 50, timeout_ms: 2000 } } },
    });
    await client.initialize();
    proxy.addToxic({ type: "latency", stream: "upstream", latency: 25, jitter: 20 });
    proxy.addToxic({ type: "latency", stream: "downstream", latency: 25, jitter: 20 });
    for (let round = 0; round < 5; round++) {
      const replies = await Promise.all(
        Array.from({ length: 100 }, () => call(dice.pick(["tools/call", "tools/list", "test/other"]))),
      );
      expect(replies.every(({ result }) => result !== undefined)).toBe(true);
    }
    expect(test.connections).toBe(1);
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
    expect(ledger.violations(), ledger.print()).toEqual([]);
    expect(ledger.summary()).toMatchObject({ sent: 500, answered: 500, executed: 500 });
  });

  it("with every byte a segment of its own, both ways, bytes arrive as they were written", async () => {
    const { client, proxy, test } = await startFaultRig(row, {
      answers: { "test/faithful": ({ result }) => result(PAYLOAD) },
    });
    for (const stream of ["upstream", "downstream"] as const) {
      proxy.addToxic({ type: "slicer", stream, average_size: 1, size_variation: 0, delay: 0 });
    }
    await client.initialize();
    const request = `{"jsonrpc":"2.0", "id":"sliced","method":"test/faithful","params":${PAYLOAD}}`;
    const reply = client.expect("sliced");
    client.write(`${request}\n`);
    expect((await reply).line.toString()).toBe(`{"jsonrpc":"2.0","id":"sliced","result":${PAYLOAD}}`);
    expect(test.asked.at(-1)?.payload.toString()).toBe(request);
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  });
});
