import { describe, expect, it } from "vitest";

import { startConnectProxy } from "./support/connect-proxy.ts";
import { expectAlive } from "./support/expect-alive.ts";
import type { JsonObject } from "./support/json.ts";
import { ParanoidClient } from "./support/paranoid-client.ts";
import { spawnRouter } from "./support/spawn-router.ts";
import { TEST_AUTHORITY, TEST_IDENTITY } from "./support/test-identity.ts";
import { startTestGateway, type TestGateway } from "./support/test-gateway.ts";

const TOKEN = "canary-token-of-the-gateway";
const LOGIN = "me:canary-password";
/** A name that only the proxy knows. */
const HOST = "gateway.corp.test";

type Scheme = "wss" | "tcps";

const startGateway = (scheme: Scheme): Promise<TestGateway> =>
  startTestGateway({}, { transport: scheme === "tcps" ? "tcp" : "ws", tls: TEST_IDENTITY, token: TOKEN });

/** A client behind the corporate proxy: the gateway is nowhere but at its name. */
async function startClient(
  test: TestGateway,
  env: { readonly [name: string]: string },
  gateway: JsonObject = {},
): Promise<ParanoidClient> {
  const router = await spawnRouter({
    url: test.url.replace("127.0.0.1", HOST),
    config: {
      gateway: {
        tls: { ca_cert_path: TEST_AUTHORITY, server_name: "localhost" },
        auth: { type: "bearer", token_env: "GATEWAY_TOKEN" },
        ...gateway,
      },
    },
    env: { GATEWAY_TOKEN: TOKEN, ...env },
  });
  return new ParanoidClient(router);
}

async function finish(client: ParanoidClient): Promise<void> {
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  expect(client.router.stderr).not.toContain("canary");
}

describe.each<Scheme>(["wss", "tcps"])("%s through a proxy", (scheme) => {
  it.each([
    ["HTTPS_PROXY", (url: string) => ({ env: { HTTPS_PROXY: url }, gateway: {} })],
    ["all_proxy", (url: string) => ({ env: { all_proxy: url }, gateway: {} })],
    [
      "gateway.proxy",
      (url: string) => ({ env: { HTTPS_PROXY: "http://127.0.0.1:9", NO_PROXY: "*" }, gateway: { proxy: url } }),
    ],
  ])("of %s serves, and the proxy learns no secret but its own", async (_name, settings) => {
    const test = await startGateway(scheme);
    const proxy = await startConnectProxy({ to: test.gateway.port, login: LOGIN });
    const { env, gateway } = settings(`http://${LOGIN}@127.0.0.1:${proxy.port}`);
    const client = await startClient(test, env, gateway);
    expect((await client.initialize()).result).toBeDefined();
    await expectAlive(client);
    const [head = "", ...more] = proxy.heads;
    expect(more).toEqual([]);
    expect(head).toMatch(new RegExp(`^CONNECT ${HOST}:${test.gateway.port} HTTP/1\\.1\\r\\n`));
    expect(head).not.toContain(TOKEN);
    expect(proxy.passed().includes(TOKEN)).toBe(false);
    const [session] = test.gateway.sessions();
    expect(JSON.stringify(session?.headers ?? {})).not.toMatch(/proxy/i);
    await finish(client);
  });

  it("that asks for a password is named, with the variable to put it into", async () => {
    const test = await startGateway(scheme);
    const proxy = await startConnectProxy({ to: test.gateway.port, login: LOGIN });
    const client = await startClient(test, { HTTPS_PROXY: `http://me:canary-wrong-password@127.0.0.1:${proxy.port}` });
    const { error } = await client.initialize();
    expect(error?.message).toMatch(/proxy 127\.0\.0\.1:\d+.*407/);
    expect(error?.data["hint"]).toContain("HTTPS_PROXY");
    expect(JSON.stringify(error)).not.toContain("canary");
    await finish(client);
  });

  it("that hangs is waited for like a gateway, and named when the time is over", async () => {
    const test = await startGateway(scheme);
    const proxy = await startConnectProxy({ to: test.gateway.port });
    proxy.behaviour = "hang";
    const client = await startClient(
      test,
      { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` },
      { connection: { timeout_ms: 300 } },
    );
    const { error } = await client.initialize();
    expect(error?.message).toMatch(/proxy 127\.0\.0\.1:\d+.*within 300 ms/);
    proxy.behaviour = "serve";
    while ((await client.request("tools/list")).result === undefined);
    await finish(client);
  });

  it("that dies in the middle costs the connection, and nothing runs twice", async () => {
    const test = await startGateway(scheme);
    const proxy = await startConnectProxy({ to: test.gateway.port });
    const client = await startClient(test, { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
    await client.initialize();
    await expectAlive(client);
    test.gateway.stall();
    const call = client.request("tools/call", { name: "pay" });
    const list = client.request("tools/list");
    const taken = proxy.passed().length;
    while (proxy.passed().length === taken) await new Promise((resolve) => setImmediate(resolve));
    proxy.cut();
    test.gateway.release();
    expect((await call).error).toMatchObject({ code: -31002, data: { outcome: "unknown" } });
    expect((await list).result).toMatchObject({ method: "tools/list" });
    expect(test.count("tools/call")).toBeLessThanOrEqual(1);
    await finish(client);
  });
});
