import { describe, expect, it } from "vitest";

import { ParanoidClient } from "./support/paranoid-client.ts";
import { spawnRouter } from "./support/spawn-router.ts";
import { startTestGateway, type TestGateway } from "./support/test-gateway.ts";

const CALLS = 40;
const POOL = 4;
const SERIAL = { fault: "serial", callMs: 20 } as const;

function callsOn(test: TestGateway, connection: number): number {
  return test.asked.filter((each) => each.connection === connection && each.method === "tools/call").length;
}

describe("gateway.connection.pool_size", () => {
  it("gives parallelism with a gateway that serves one request at a time per connection, and closes what is idle", async () => {
    const test = await startTestGateway({}, { faults: [SERIAL], requireInitialized: true });
    const connection = { pool_size: POOL, max_idle_per_host: 2, idle_timeout_ms: 300 };
    const client = new ParanoidClient(await spawnRouter({ url: test.url, config: { gateway: { connection } } }));
    await client.initialize();
    const replies = await Promise.all(
      Array.from({ length: CALLS }, (_, nonce) => client.request("tools/call", { name: "work", nonce })),
    );
    expect(replies.map(({ result }) => result?.["nonce"])).toEqual(Array.from({ length: CALLS }, (_, nonce) => nonce));
    expect(test.connections).toBe(POOL);
    // Each connection serves its share, one after the other; a share more or less is that of a slower start.
    for (const number of [1, 2, 3, 4]) expect(Math.abs(callsOn(test, number) - CALLS / POOL)).toBeLessThanOrEqual(2);

    while (test.gateway.sessions().length > connection.max_idle_per_host) await test.gateway.next("sessionClosed");
    expect((await client.request("tools/call", { name: "work", nonce: 1 })).result?.["nonce"]).toBe(1);
    expect(test.connections).toBe(POOL);
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  });

  it("of 1 keeps everything on one connection", async () => {
    const test = await startTestGateway();
    const client = new ParanoidClient(await spawnRouter({ url: test.url }));
    await client.initialize();
    await Promise.all(Array.from({ length: CALLS }, (_, nonce) => client.request("tools/call", { name: "x", nonce })));
    expect(test.connections).toBe(1);
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  });
});

describe("gateway.connection.max_lifetime_ms", () => {
  it("replaces connections under load, and no request fails", async () => {
    const test = await startTestGateway({}, { requireInitialized: true });
    const client = new ParanoidClient(
      await spawnRouter({ url: test.url, config: { gateway: { connection: { max_lifetime_ms: 100 } } } }),
    );
    await client.initialize();
    const failed: unknown[] = [];
    let nonce = 0;
    const worker = async (): Promise<void> => {
      while (test.connections < 6) {
        const own = ++nonce;
        const { result, error } = await client.request("tools/call", { name: "work", nonce: own });
        if (error !== undefined || result?.["nonce"] !== own) failed.push(error ?? result);
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    expect(failed).toEqual([]);
    const executed = test.asked.filter(({ method }) => method === "tools/call").map(({ params }) => params["nonce"]);
    expect(executed).toHaveLength(nonce);
    expect(new Set(executed).size).toBe(nonce);
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  });
});
