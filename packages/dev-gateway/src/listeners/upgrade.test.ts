import { describe, expect, test } from "vitest";

import { echo } from "../testing/echo.ts";
import { EnvelopeClient } from "../testing/envelope-client.ts";
import { refusedUpgrade } from "../testing/refused-upgrade.ts";
import { start } from "../testing/started-gateways.ts";
import { TcpClient } from "../testing/tcp-client.ts";
import { authority, identity } from "../testing/test-identity.ts";

describe("the upgrade", () => {
  test("says which gateway version answers", async () => {
    const gateway = await start({ session: echo });
    const client = await EnvelopeClient.open(gateway.url);
    expect(client.upgradeHeaders["x-mcp-gateway-version"]).toBe("2.0");
  });

  test("without a token is answered with 401 and a challenge", async () => {
    const gateway = await start({ session: echo, token: "good" });
    const refused = gateway.next("upgradeRefused");
    const { status, headers } = await refusedUpgrade(gateway.url);
    expect(status).toBe(401);
    expect(headers["www-authenticate"]).toBe('Bearer realm="mcp-router dev gateway"');
    expect(await refused).toMatchObject({ status: 401, url: "/mcp" });
  });

  test("with a wrong token is answered with 401 and invalid_token", async () => {
    const gateway = await start({ session: echo, token: "good" });
    const options = { headers: { Authorization: "Bearer bad" } };
    const { status, headers } = await refusedUpgrade(gateway.url, options);
    expect(status).toBe(401);
    expect(headers["www-authenticate"]).toContain('error="invalid_token"');
  });

  test("with another scheme than Bearer is answered with 401", async () => {
    const gateway = await start({ session: echo, token: "good" });
    const { status } = await refusedUpgrade(gateway.url, {
      headers: { Authorization: "Basic good" },
    });
    expect(status).toBe(401);
  });

  test("on another path is answered with 404", async () => {
    const gateway = await start({ session: echo });
    expect((await refusedUpgrade(gateway.url.replace("/mcp", "/other"))).status).toBe(404);
  });

  test("from a web page is answered with 403 unless its origin is allowed", async () => {
    const gateway = await start({ session: echo, allowedOrigins: ["https://good.example"] });
    expect((await refusedUpgrade(gateway.url, { origin: "https://evil.example" })).status).toBe(403);
    await EnvelopeClient.open(gateway.url, undefined, { origin: "https://good.example" });
  });

  test("takes no subprotocol", async () => {
    const gateway = await start({ session: echo });
    const client = await EnvelopeClient.open(gateway.url);
    expect(client.socket.protocol).toBe("");
  });

  test("can be refused by a hook, with status, headers and body", async () => {
    const onUpgrade = () => ({ status: 429, headers: { "Retry-After": "7" }, body: "slow down" });
    const gateway = await start({ session: echo, onUpgrade });
    const { status, headers, body } = await refusedUpgrade(gateway.url);
    expect({ status, body, wait: headers["retry-after"] }).toEqual({
      status: 429,
      body: "slow down",
      wait: "7",
    });
  });

  test("can be held by a hook, and gets the headers the hook gives", async () => {
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const gateway = await start({
      session: echo,
      async onUpgrade() {
        await held;
        return { status: 101, headers: { "X-RateLimit-Remaining": 3 } };
      },
    });
    const opening = EnvelopeClient.open(gateway.url);
    expect(gateway.sessions()).toHaveLength(0);
    letGo();
    expect((await opening).upgradeHeaders["x-ratelimit-remaining"]).toBe("3");
  });

  test("is answered with 500 when a hook fails", async () => {
    const onUpgrade = () => Promise.reject(new Error("no database"));
    const gateway = await start({ session: echo, onUpgrade });
    expect(await refusedUpgrade(gateway.url)).toMatchObject({ status: 500 });
  });

  test("that is still held does not keep the gateway from closing", async () => {
    let arrived = (): void => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const gateway = await start({
      session: echo,
      onUpgrade() {
        arrived();
        return new Promise(() => {});
      },
    });
    const opening = EnvelopeClient.open(gateway.url);
    await arrival;
    await Promise.all([gateway.close(), expect(opening).rejects.toThrow(/socket hang up|ECONNRESET/)]);
  });
});

describe("over TLS", () => {
  test("the address is wss, and health https", async () => {
    const gateway = await start({ session: echo, tls: identity });
    expect([gateway.url, gateway.healthUrl]).toEqual([
      `wss://127.0.0.1:${gateway.port}/mcp`,
      `https://127.0.0.1:${gateway.port}/health`,
    ]);
    const client = await EnvelopeClient.open(gateway.url, undefined, { ca: authority });
    client.send({ jsonrpc: "2.0", id: 1, method: "ping" });
    expect(await client.next()).toHaveProperty("mcp_payload");
    await gateway.restart({ how: "close", downMs: 0 });
    expect(await client.ended).toEqual({ code: 1012, reason: "restart" });
    await EnvelopeClient.open(gateway.url, undefined, { ca: authority });
  });

  test("clients need a certificate where an authority for them is named", async () => {
    const gateway = await start({ session: echo, tls: { ...identity, ca: authority } });
    await EnvelopeClient.open(gateway.url, undefined, { ca: authority, ...identity });
    await expect(EnvelopeClient.open(gateway.url, undefined, { ca: authority })).rejects.toThrow(
      /certificate required/,
    );
  });

  test("a client that stops in its handshake does not keep the gateway from closing", async () => {
    const gateway = await start({ session: echo, tls: identity });
    const silent = await TcpClient.open(gateway.url);
    await gateway.close();
    await silent.ended;
  });
});
