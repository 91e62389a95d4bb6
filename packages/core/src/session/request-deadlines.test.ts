import { describe, expect, it } from "vitest";
import { SessionBench } from "../testing/session-bench.ts";
import { discoverTimeoutMs } from "./limits.ts";

const call = { id: 1, method: "tools/call", params: { name: "x", _meta: { progressToken: "p" } } };
const progress = (value: number) => ({
  method: "notifications/progress",
  params: { progressToken: "p", progress: value },
});

describe("the time a request has", () => {
  it("is limited for reads, and the gateway is told", async () => {
    const bench = new SessionBench({ limits: { requestTimeoutMs: 1000 } });
    await bench.handshake();
    await bench.send({ id: 1, method: "tools/list" });
    await bench.advance(1000);
    expect(bench.errorOf(1)).toMatchObject({
      code: -31003,
      message: "no answer to tools/list within 1000 ms. The request was sent and may or may not have run.",
      data: { outcome: "unknown", hint: expect.stringContaining("request_timeout_ms") },
    });
    expect(bench.receivedNow.at(-1)?.payload).toMatchObject({
      method: "notifications/cancelled",
      params: { requestId: 1 },
    });
  });

  it("is not limited for calls that report progress; their silence is", async () => {
    const bench = new SessionBench({ limits: { callIdleTimeoutMs: 1000 } });
    await bench.send(call);
    for (let value = 0; value < 10; value++) {
      await bench.advance(900);
      await bench.deliver(progress(value));
    }
    expect(bench.client.answers(1)).toEqual([]);
    await bench.advance(1000);
    expect(bench.errorOf(1)).toMatchObject({
      code: -31003,
      data: { hint: expect.stringContaining("call_idle_timeout_ms") },
    });
  });

  it("ends at the absolute limit of calls, whatever they report", async () => {
    const bench = new SessionBench({ limits: { callIdleTimeoutMs: 1000, callTimeoutMs: 2000 } });
    await bench.send(call);
    for (let value = 0; value < 3; value++) {
      await bench.advance(600);
      await bench.deliver(progress(value));
    }
    await bench.advance(199);
    expect(bench.client.answers(1)).toEqual([]);
    await bench.advance(1);
    expect(bench.errorOf(1)).toMatchObject({
      code: -31003,
      data: { hint: expect.stringContaining("call_timeout_ms") },
    });
  });

  it("is without end for calls when both limits are off", async () => {
    const bench = new SessionBench({ limits: { callIdleTimeoutMs: 0 } });
    await bench.send(call);
    await bench.deliver(progress(1));
    await bench.advance(86_400_000);
    expect(bench.client.answers(1)).toEqual([]);
  });

  it("ends a version probe at 70 % of what Claude CLI gives it", () => {
    expect(discoverTimeoutMs({})).toBeCloseTo(2100);
    expect(discoverTimeoutMs({ MCP_TIMEOUT: "3000" })).toBeCloseTo(700);
    expect(discoverTimeoutMs({ MCP_TIMEOUT: "60000" })).toBeCloseTo(2100);
    for (const odd of ["soon", "0", "-1", ""]) expect(discoverTimeoutMs({ MCP_TIMEOUT: odd })).toBeCloseTo(2100);
  });
});
