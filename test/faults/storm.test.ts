import type { CutHow, FaultProxy, FrameDeed, Stream } from "@mcp-router/testkit";
import { describe, expect, it } from "vitest";

import type { Reply } from "../support/paranoid-client.ts";
import { startFaultRig } from "./support/fault-rig.ts";
import { EACH_ROW, MATRIX } from "./support/transports.ts";

const REQUESTS = 300;
/** Of bad luck there is any amount, and each piece of it costs a timeout. */
const LIMIT_MS = 60_000;
const DEEDS: readonly [FrameDeed, ...FrameDeed[]] = ["cut_before", "cut_inside", "cut_after", "drop"];
const STREAMS: readonly [Stream, Stream] = ["upstream", "downstream"];

/** What happens to some connections and not to others. */
function badWeather(proxy: FaultProxy): void {
  proxy.addToxic({ type: "latency", stream: "upstream", latency: 2, jitter: 2, toxicity: 0.5 });
  proxy.addToxic({
    type: "slicer",
    stream: "downstream",
    average_size: 40,
    size_variation: 39,
    delay: 0,
    toxicity: 0.5,
  });
  proxy.addToxic({ type: "limit_data", stream: "downstream", bytes: 40_000, toxicity: 0.3 });
  proxy.addToxic({ type: "reset_peer", stream: "upstream", timeout: 300, toxicity: 0.1 });
}

describe.each(MATRIX)(EACH_ROW, (row) => {
  it(
    "whatever the network does, every request ends once, with its own result or an honest error, and no call runs twice",
    async () => {
      const { client, proxy, test, ledger, dice, call, recovered } = await startFaultRig(row, {
        config: {
          gateway: { connection: { keepalive_interval_ms: 150, timeout_ms: 350 } },
          local: { request_timeout_ms: 1500, call_timeout_ms: 1500, initialize_hold_ms: 15_000 },
        },
      });
      badWeather(proxy);
      while ((await client.initialize()).result === undefined);
      const replies: Promise<Reply>[] = [];
      for (let n = 0; n < REQUESTS; n++) {
        if (dice.chance(0.04)) {
          const how = dice.pick<CutHow>(["reset", "end"]);
          proxy.onFrame({ stream: dice.pick(STREAMS), do: dice.pick(DEEDS), how });
        }
        replies.push(call(dice.pick(["tools/call", "tools/list", "resources/read", "test/other"])));
        if (dice.chance(0.02)) test.gateway.dropConnections({ terminate: dice.chance(0.5) });
        // Some in flight at all times, and not all of them at once.
        if (replies.length % 20 === 0) await replies.at(-10);
      }
      await Promise.all(replies);
      await recovered();
      expect(client.open).toBe(0);
      expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
      expect(ledger.violations(), ledger.print()).toEqual([]);
    },
    LIMIT_MS,
  );
});
