import { describe, expect, it } from "vitest";
import { Secret } from "@mcp-router/core/plugin";
import { dialErrorOf } from "./fixtures/dial-error-of.ts";
import { credentialOf, endpointTo } from "./fixtures/endpoint.ts";
import { openChannel } from "./fixtures/open-channel.ts";
import { freePort, gateway } from "./fixtures/servers.ts";

describe("the upgrade request", () => {
  it("carries the bearer and further headers, and offers neither a subprotocol nor compression", async () => {
    const headers = new Map<string, Secret | string>([
      ["X-Tenant", "blue"],
      ["X-Key", new Secret("k-1")],
    ]);
    const { peer } = await openChannel({}, await gateway(), credentialOf({ bearer: new Secret("token-1"), headers }));
    expect(peer.request.url).toBe("/mcp");
    expect(peer.request.headers).toMatchObject({
      authorization: "Bearer token-1",
      "x-tenant": "blue",
      "x-key": "k-1",
    });
    expect(peer.request.headers).not.toHaveProperty("sec-websocket-protocol");
    expect(peer.request.headers).not.toHaveProperty("sec-websocket-extensions");
  });

  it("carries no authorization without a bearer", async () => {
    const { peer } = await openChannel();
    expect(peer.request.headers).not.toHaveProperty("authorization");
  });

  it("offers the configured subprotocol", async () => {
    const { peer } = await openChannel({ connection: { subprotocol: "mcp" } });
    expect(peer.webSocket.protocol).toBe("mcp");
  });

  it.each([
    ["a line break in the token", { bearer: new Secret("secret\r\nX-Evil: 1") }],
    ["a line break in a header", { headers: new Map([["X-Key", "secret\nX-Evil: 1"]]) }],
    ["a line break in a header's name", { headers: new Map([["X-Key\r\nX-Evil", "secret"]]) }],
    ["a header of the handshake", { headers: new Map([["Sec-WebSocket-Key", "secret"]]) }],
    ["a header for proxies", { headers: new Map([["Proxy-Authorization", "secret"]]) }],
  ])("is never sent with %s", async (_name, credential) => {
    const error = await dialErrorOf(endpointTo(`ws://127.0.0.1:${await freePort()}`), credentialOf(credential));
    expect(error).toMatchObject({ reason: "credential", permanent: true });
    expect(`${error.message} ${error.hint} ${error.stack}`).not.toContain("secret");
  });
});

describe("the answer to the upgrade", () => {
  it("shows in the channel's info", async () => {
    const server = await gateway({
      headers: ["X-MCP-Gateway-Version: 2.1", "Set-Cookie: a=1", "Set-Cookie: b=2"],
    });
    const { channel } = await openChannel({}, server);
    expect(channel.info.status).toBe(101);
    expect(channel.info.protocol).toBe("ws");
    expect(channel.info.headers?.get("x-mcp-gateway-version")).toBe("2.1");
    expect(channel.info.headers?.get("set-cookie")).toBe("a=1, b=2");
  });

  it("reports rate-limit headers before anything can be sent", async () => {
    const server = await gateway({
      headers: ["X-RateLimit-Limit: 10", "X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 5"],
    });
    const { sink } = await openChannel({}, server);
    expect(sink.events[0]).toEqual({
      kind: "signal",
      signal: { limit: 10, remaining: 0, resetAfterMs: 5000 },
    });
  });

  it("reports no signal when the headers make no sense", async () => {
    const { sink, peer } = await openChannel(
      {},
      await gateway({ headers: ["X-RateLimit-Limit: many", "Retry-After: later"] }),
    );
    peer.webSocket.send("hello");
    await sink.until("message");
    expect(sink.of("signal")).toEqual([]);
  });
});
