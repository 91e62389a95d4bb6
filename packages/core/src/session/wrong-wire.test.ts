import { describe, expect, it } from "vitest";
import { SessionBench } from "../testing/session-bench.ts";

const initialize = { id: 1, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {} } };
const HINT = "gateway.wire";

describe("a gateway on another wire than the router's", () => {
  it.each([
    [
      "envelope",
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"This looks like an envelope\\u001b[2J"}}',
      "This looks like an envelope",
    ],
    [
      "envelope",
      '{"source":"gateway","error":{"code":"INVALID_REQUEST","message":"no JSON-RPC message"}}',
      "no JSON-RPC message",
    ],
    [
      "json-rpc",
      '{"id":"e7","source":"gateway","error":{"code":"INVALID_REQUEST","message":"mcp_payload is missing"}}',
      "mcp_payload is missing",
    ],
    ["json-rpc", '{"jsonrpc":"2.0","id":"?","error":{"code":-32700,"message":"what?"}}', "what?"],
  ] as const)("is told in the answer to the handshake (%s): %s", async (wire, frame, says) => {
    const bench = new SessionBench({ wire });
    await bench.send(initialize);
    await bench.deliverRaw(frame);
    const { code, message, data } = bench.errorOf(1);
    expect(code).toBe(-31010);
    expect(message).toContain(says);
    expect(message).not.toContain("\u001b");
    expect(data["hint"]).toContain(HINT);
    expect(data["outcome"]).toBe("not_executed");
  });

  it("does not answer the handshake by what it says later, or of something else", async () => {
    const bench = new SessionBench();
    await bench.handshake();
    await bench.send({ id: 2, method: "tools/call", params: { name: "pay" } });
    await bench.deliverRaw('{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"about a notification"}}');
    await bench.deliverRaw('{"source":"gateway","error":{"code":"INVALID_REQUEST","message":"about a notification"}}');
    await bench.deliver({ id: 2, result: {} });
    expect(bench.client.answers(2)).toMatchObject([{ result: {} }]);
  });

  it("that says nothing at all is named when the time of a request is over", async () => {
    const bench = new SessionBench({ limits: { requestTimeoutMs: 10_000 } });
    await bench.send(initialize);
    await bench.advance(10_000);
    expect(bench.errorOf(1).data["hint"]).toContain("gateway.wire and gateway.framing");
  });

  it("is not suspected when it has answered before", async () => {
    const bench = new SessionBench({ limits: { requestTimeoutMs: 10_000 } });
    await bench.handshake();
    await bench.send({ id: 2, method: "tools/list" });
    await bench.advance(10_000);
    expect(bench.errorOf(2).data["hint"]).toBe("Raise local.request_timeout_ms if the gateway needs longer.");
  });
});
