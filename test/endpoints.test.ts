import { describe, expect, it } from "vitest";

import { ParanoidClient } from "./support/paranoid-client.ts";
import { deadUrl } from "./support/run-router.ts";
import { spawnRouter } from "./support/spawn-router.ts";
import { startTestGateway, type TestGateway } from "./support/test-gateway.ts";

const calls = (test: TestGateway) => test.count("tools/call");

describe("gateway.endpoints", () => {
  it("the first dies, the next serves; the first returns, traffic moves back, and nothing fails on the way", async () => {
    const first = await startTestGateway({}, { requireInitialized: true });
    const second = await startTestGateway({}, { requireInitialized: true });
    const client = new ParanoidClient(
      await spawnRouter({
        command: [
          "--set",
          `gateway.endpoints=${JSON.stringify([{ url: first.url }, { url: second.url }])}`,
          "--set",
          "gateway.reconnect.initial_delay_ms=20",
          "--set",
          "gateway.reconnect.max_delay_ms=40",
        ],
      }),
    );
    await client.initialize();
    await client.request("tools/call", { name: "x" });
    expect([calls(first), calls(second)]).toEqual([1, 0]);

    const gone = first.gateway.next("sessionClosed");
    const down = first.gateway.restart({ downMs: 500 });
    await gone;
    expect((await client.request("tools/call", { name: "x" })).error).toBeUndefined();
    expect([calls(first), calls(second)]).toEqual([1, 1]);
    await down;

    const failed: unknown[] = [];
    const worker = async (): Promise<void> => {
      while (calls(first) === 1) {
        const { error } = await client.request("tools/call", { name: "x" });
        if (error !== undefined) failed.push(error);
      }
    };
    await Promise.all(Array.from({ length: 4 }, worker));
    expect(failed).toEqual([]);
    while (second.gateway.sessions().length > 0) await second.gateway.next("sessionClosed");
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  });

  it("none can be reached: the error names each with its cause", async () => {
    const [first, second] = [await deadUrl(), await deadUrl()];
    const client = new ParanoidClient(
      await spawnRouter({
        command: [
          "--set",
          `gateway.endpoints=${JSON.stringify([{ url: first }, { url: second }])}`,
          "--set",
          "local.initialize_hold_ms=100",
          "--set",
          "gateway.connection.timeout_ms=300",
        ],
      }),
    );
    const { error } = await client.initialize();
    expect(error).toMatchObject({ code: -31001, data: { outcome: "not_sent", retryable: true } });
    for (const url of [first, second]) expect(error?.message).toContain(new URL(url).host);
    await client.finish();
  });
});
