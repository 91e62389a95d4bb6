import { describe, expect, it } from "vitest";

import type { Asked } from "../support/test-gateway.ts";
import { startFaultRig } from "./support/fault-rig.ts";
import { EACH_ROW, MATRIX } from "./support/transports.ts";

const CAP = 10_000;

describe.each(MATRIX)(EACH_ROW, (row) => {
  it("of 10,000 requests in flight each gets its own answer, in whatever order; those beyond are refused at once", async () => {
    const waiting: Asked[] = [];
    let full = (): void => {};
    const allThere = new Promise<void>((resolve) => (full = resolve));
    const rig = await startFaultRig(row, {
      answers: {
        "tools/call": (asked) => {
          waiting.push(asked);
          if (waiting.length === CAP) full();
        },
      },
      config: { local: { max_concurrent_requests: CAP } },
    });
    await rig.client.initialize();
    const replies = Array.from({ length: CAP }, () => rig.call("tools/call"));
    await allThere;
    const beyond = await Promise.all(Array.from({ length: 10 }, () => rig.call("tools/call")));
    for (const { error } of beyond) {
      expect(error).toMatchObject({ code: -31006, data: { reason: "QUEUE_FULL", outcome: "not_sent" } });
    }
    for (const { result, params } of rig.dice.shuffle(waiting)) result(JSON.stringify({ nonce: params["nonce"] }));
    await Promise.all(replies);
    expect(await rig.client.finish()).toEqual({ exitCode: 0, signal: null });
    expect(rig.ledger.violations()).toEqual([]);
    expect(rig.ledger.summary()).toMatchObject({ sent: CAP + 10, answered: CAP, not_sent: 10, executed: CAP });
  });
});
