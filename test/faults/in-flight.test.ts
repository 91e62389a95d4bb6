import type { Frame } from "@mcp-router/testkit";
import { describe, expect, it } from "vitest";

import type { Reply } from "../support/paranoid-client.ts";
import { type FaultRig, type FaultRigOptions, startFaultRig } from "./support/fault-rig.ts";
import { EACH_ROW, MATRIX, type MatrixRow } from "./support/transports.ts";

const says =
  (text: string) =>
  ({ payload }: Frame): boolean =>
    payload.includes(text);

async function startSession(row: MatrixRow, options: FaultRigOptions = {}): Promise<FaultRig> {
  const rig = await startFaultRig(row, options);
  await rig.client.initialize();
  await rig.recovered();
  return rig;
}

async function finish({ client, ledger }: FaultRig): Promise<void> {
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  expect(ledger.violations(), ledger.print()).toEqual([]);
}

describe.each(MATRIX)(EACH_ROW, (row) => {
  it("a request that no connection has taken yet goes out on the next one, once", async () => {
    const rig = await startSession(row);
    const { client, proxy, test } = rig;
    // The next connection stays in its handshake until the requests are there.
    const hold = proxy.onFrame({ stream: "upstream", matches: says('"initialize"'), do: "hold" });
    const held = hold.next();
    proxy.cutAll("reset");
    await held;
    const replies = [rig.call("tools/call", { name: "pay" }), rig.call("tools/list")];
    // Malformed on purpose: its refusal shows that those before it have been read.
    const read = client.expect("read");
    client.write('{"jsonrpc":"2.0","id":"read"}\n');
    await read;
    hold.release();
    expect((await Promise.all(replies)).map(({ result }) => result?.["method"])).toEqual(["tools/call", "tools/list"]);
    expect(test.journal.filter((entry) => entry.startsWith("2 "))).toEqual([
      "2 initialize",
      "2 notifications/initialized",
      "2 tools/call",
      "2 tools/list",
    ]);
    await finish(rig);
  });

  it("a goodbye with 50 requests in flight: each ends once, and the router comes back at once", async () => {
    // Nothing answers calls; the first pause is long enough to be noticed.
    const rig = await startSession(row, {
      answers: { "tools/call": () => {} },
      config: { gateway: { reconnect: { initial_delay_ms: 5000, max_delay_ms: 5000 } } },
    });
    const last = rig.test.gateway.next("received", ({ payload }) => payload?.includes('"nonce":51}') === true);
    const replies = Array.from({ length: 50 }, () => rig.call("tools/call", { name: "pay" }));
    await last;
    const back = rig.proxy.next("connected");
    const startedAt = performance.now();
    rig.proxy.cutAll("end");
    await back;
    // The promise is 250 ms; a busy machine gets some more, and the configured pause is far off.
    expect(performance.now() - startedAt).toBeLessThan(1500);
    const outcomes = (await Promise.all(replies)).map(({ error }) => error?.data["outcome"]);
    expect(outcomes).toEqual(Array.from({ length: 50 }, () => "unknown"));
    await rig.recovered();
    expect(rig.ledger.summary()).toMatchObject({ unknown: 50, lost: 0, duplicates: 0 });
    await finish(rig);
  });

  it("a reset while calls queue up before a blocked line: what was taken is unknown, what was not is sent later", async () => {
    const rig = await startSession(row, {
      config: { local: { max_queued_requests: 1000, max_queued_bytes: 64_000_000 } },
    });
    const hole = rig.proxy.addToxic({ type: "timeout", stream: "upstream", timeout: 0 });
    const filling = "x".repeat(200_000);
    const replies: Promise<Reply>[] = [];
    for (let n = 0; n < 150; n++) replies.push(rig.call("tools/call", { name: "pay", filling }));
    // When it takes no more, there is more waiting than fits on the way.
    await rig.client.pour("\n");
    rig.proxy.cutAll("reset");
    hole.remove();
    const outcomes = (await Promise.all(replies)).map(({ error }) => error?.data["outcome"] ?? "result");
    expect(new Set(outcomes)).toEqual(new Set(["unknown", "result"]));
    // In order: nothing that was written later has gone out earlier.
    expect(outcomes.lastIndexOf("unknown")).toBeLessThan(outcomes.indexOf("result"));
    await finish(rig);
  });
});
