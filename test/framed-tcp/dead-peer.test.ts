import { expect, it } from "vitest";

import type { JsonObject } from "../support/json.ts";
import { ParanoidClient } from "../support/paranoid-client.ts";
import { untilTestEnds } from "../support/scope.ts";
import { spawnRouter } from "../support/spawn-router.ts";
import { LINES_SERVER } from "./support/lines-server.ts";
import { startSixtyLineGateway } from "./support/start-sixty-line-gateway.ts";

const KEEPALIVE_MS = 400;
const TIMEOUT_MS = 400;
const MEBIBYTE = 1024 * 1024;
const WATCHFUL: JsonObject = { keepalive_interval_ms: KEEPALIVE_MS, timeout_ms: TIMEOUT_MS };

async function start() {
  const gateway = await startSixtyLineGateway(LINES_SERVER);
  untilTestEnds(() => gateway.kill());
  const router = await spawnRouter({ url: gateway.url, config: { gateway: { connection: WATCHFUL } } });
  const client = new ParanoidClient(router);
  await client.initialize();
  expect((await client.request("tools/list")).result).toMatchObject({ method: "tools/list" });
  return { gateway, client };
}

it.each([
  ["a call in hand", 10],
  ["eight mebibytes on their way", 8 * MEBIBYTE],
])(
  "a gateway that stops with %s is noticed within keepalive and timeout, and the call ends as unknown",
  async (_what, size) => {
    const { gateway, client } = await start();
    gateway.freeze();
    const startedAt = performance.now();
    const reply = await client.request("tools/call", { name: "pay", filling: "x".repeat(size) });
    const tookMs = performance.now() - startedAt;
    expect(reply.error).toMatchObject({ code: -31002, data: { outcome: "unknown" } });
    // The kernel of the stopped process still takes bytes, so nothing but silence shows its death. Room for a slow machine.
    expect(tookMs).toBeGreaterThan(KEEPALIVE_MS);
    expect(tookMs).toBeLessThan(5 * (KEEPALIVE_MS + TIMEOUT_MS));
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  },
);
