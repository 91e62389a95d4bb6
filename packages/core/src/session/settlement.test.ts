import { describe, expect, it } from "vitest";
import type { Failure, Settled } from "../plugin/hooks.ts";
import { reply } from "../plugin/verdict.ts";
import { SessionBench } from "../testing/session-bench.ts";

const call = (id: unknown, name = "x") => ({ id, method: "tools/call", params: { name } });

describe("the end of a request", () => {
  it("is told once to every plugin that wants to know, whoever answered", async () => {
    const settled: Settled[] = [];
    const failures: Failure[] = [];
    const bench = new SessionBench({
      plugins: {
        cache: (hooks) => hooks.beforeSend.tap(({ message }) => (message.name === "cached" ? reply({}) : undefined)),
        audit: (hooks) => {
          hooks.onSettled.tap((each) => void settled.push(each));
          hooks.onError.tap((each) => void failures.push(each));
        },
      },
    });
    await bench.send(call(1), call(2), call(3), call(4), call(5, "cached"));
    await bench.advance(500);
    await bench.deliver({ id: 1, result: {} });
    await bench.deliver({ id: 2, error: { code: -1, message: "no" } });
    await bench.send({ method: "notifications/cancelled", params: { requestId: 3 } });
    await bench.lose();
    expect(
      settled.map(({ request, outcome, reason, source, ok }) => [request.id, outcome, reason, source, ok]),
    ).toEqual([
      ["5", "not_sent", undefined, "cache", true],
      ["1", "executed", undefined, "gateway", true],
      ["2", "executed", undefined, "gateway", false],
      ["3", "cancelled", undefined, "client", false],
      ["4", "unknown", "UPSTREAM_LOST", "mcp-router", false],
    ]);
    expect(settled[1]).toMatchObject({ attempts: 1, times: { waitingMs: 0, gatewayMs: 500 } });
    expect(settled[0]).toMatchObject({ attempts: 0, times: { waitingMs: 0, gatewayMs: undefined } });
    expect(failures).toMatchObject([{ error: { reason: "UPSTREAM_LOST" }, request: { id: "4", name: "x" } }]);
  });
});
