import { once } from "node:events";
import { setTimeout as passing } from "node:timers/promises";
import { expect, it } from "vitest";

import { ParanoidClient } from "./support/paranoid-client.ts";
import { spawnRouter } from "./support/spawn-router.ts";
import { startTestGateway } from "./support/test-gateway.ts";

const MEBIBYTE = 1024 * 1024;
const REPLIES = 100;
const HEARTBEAT_MS = 200;

it("a client that reads slowly, with 100 MB of answers due, gets them all in order, costs little memory, and loses no connection", async () => {
  const filling = "x".repeat(MEBIBYTE);
  const test = await startTestGateway({
    "tools/call": ({ params, result }) => result(`{"nonce":${JSON.stringify(params["nonce"])},"filling":"${filling}"}`),
  });
  const router = await spawnRouter({
    url: test.url,
    config: { gateway: { connection: { keepalive_interval_ms: HEARTBEAT_MS, timeout_ms: 3 * HEARTBEAT_MS } } },
  });
  const client = new ParanoidClient(router);
  await client.initialize();
  // The same at full speed: buffers that the collector has not taken yet are not the subject.
  for (let nonce = -REPLIES / 2; nonce < 0; nonce++) await client.request("tools/call", { nonce });
  const memory = process.platform === "linux" ? router.peakMemory() : 0;

  const { stdout } = router.child;
  stdout.pause();
  const order: unknown[] = [];
  const replies = Array.from({ length: REPLIES }, async (_, nonce) => {
    const { result } = await client.request("tools/call", { nonce });
    order.push(result?.["nonce"]);
  });
  // What a connection is cut for when it is not read from because of the client: silence of many heartbeats.
  await passing(8 * HEARTBEAT_MS);
  for (let resting = 0; resting < 5; resting++) {
    stdout.resume();
    await once(stdout, "data");
    stdout.pause();
    await passing(HEARTBEAT_MS);
  }
  stdout.resume();
  await Promise.all(replies);

  expect(order).toEqual(Array.from({ length: REPLIES }, (_, nonce) => nonce));
  expect(test.connections).toBe(1);
  if (process.platform === "linux") expect(router.peakMemory() - memory).toBeLessThan(32 * MEBIBYTE);
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
});
