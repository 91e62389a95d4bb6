import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

import { expectAlive } from "./support/expect-alive.ts";
import type { JsonObject } from "./support/json.ts";
import { ParanoidClient } from "./support/paranoid-client.ts";
import { spawnRouter } from "./support/spawn-router.ts";
import { startTestGateway, type TestGateway } from "./support/test-gateway.ts";
import { startTokenEndpoint } from "./support/token-endpoint.ts";

/** In the matrix tokens live longer, and more of them come and go. */
const [LIFE_S, TOKENS] = process.env["MCP_ROUTER_MATRIX"] === "1" ? [4, 11] : [2, 6];

const PEM = fileURLToPath(new URL("../packages/sockets/src/fixtures/", import.meta.url));

/** The integration guide's example, with this test's addresses. */
function guideAuth(tokenEndpoint: string): JsonObject {
  return {
    type: "oauth2",
    client_id: "mcp-local-router",
    client_secret_env: "OAUTH_CLIENT_SECRET",
    token_endpoint: tokenEndpoint,
    grant_type: "client_credentials",
    scopes: ["mcp.read", "mcp.write", "mcp.admin"],
  };
}

async function startClient(test: TestGateway, auth: JsonObject, gateway: JsonObject = {}): Promise<ParanoidClient> {
  const router = await spawnRouter({
    url: test.url,
    config: { gateway: { ...gateway, auth }, local: { initialize_hold_ms: 10_000 }, logging: { level: "debug" } },
    env: { OAUTH_CLIENT_SECRET: "secret-canary" },
  });
  return new ParanoidClient(router);
}

async function finishWithoutLeak(client: ParanoidClient): Promise<void> {
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  expect(client.router.stderr).not.toContain("canary");
}

it(`tokens of ${LIFE_S} seconds are renewed under load, and no request fails`, { timeout: 90_000 }, async () => {
  const good: string[] = [];
  const test = await startTestGateway({}, { token: "none-yet", messageAuth: "required" });
  const server = await startTokenEndpoint((count) => {
    const token = `token-canary-${count}`;
    good.push(token);
    test.gateway.setTokens(good);
    // The gateway knows no token longer than it lives.
    setTimeout(() => {
      good.splice(good.indexOf(token), 1);
      test.gateway.setTokens(good);
    }, LIFE_S * 1000);
    return { body: { access_token: token, token_type: "Bearer", expires_in: LIFE_S } };
  });
  const client = await startClient(test, guideAuth(server.url));
  await client.initialize();
  let refusals = 0;
  test.gateway.on("received", ({ fault }) => {
    if (fault !== undefined) refusals++;
  });
  let requests = 0;
  while (server.asked.length < TOKENS) {
    const nonces = Array.from({ length: 8 }, () => `n${++requests}`);
    const replies = await Promise.all(nonces.map((nonce) => client.request("tools/call", { name: "pay", nonce })));
    expect(replies.map(({ result }) => result?.["nonce"])).toEqual(nonces);
  }
  expect([refusals, test.count("tools/call"), test.connections]).toEqual([0, requests, 1]);
  expect(Object.fromEntries(server.asked[0] ?? [])).toEqual({
    grant_type: "client_credentials",
    scope: "mcp.read mcp.write mcp.admin",
  });
  await finishWithoutLeak(client);
});

it("a gateway that tells who gives tokens needs no address of a token endpoint", async () => {
  const token = "token-canary";
  const server = await startTokenEndpoint((_count, parameters, path) => {
    const origin = new URL(server.url).origin;
    if (path === "/resource") return { body: { resource: test.url, authorization_servers: [origin] } };
    if (path === "/token") return { body: { access_token: token, token_type: "Bearer", expires_in: 60 } };
    return { body: { issuer: origin, token_endpoint: server.url } };
  });
  const challenge = `Bearer resource_metadata="${new URL("/resource", server.url).href}"`;
  const test = await startTestGateway(
    {},
    {
      token,
      onUpgrade: ({ headers }) =>
        headers.authorization === `Bearer ${token}`
          ? undefined
          : { status: 401, headers: { "WWW-Authenticate": challenge } },
    },
  );
  const client = await startClient(test, {
    type: "oauth2",
    client_id: "router",
    client_secret_env: "OAUTH_CLIENT_SECRET",
  });
  await client.initialize();
  await expectAlive(client);
  expect(server.asked.at(-1)?.get("resource")).toBe(test.url);
  await finishWithoutLeak(client);
});

it("a client that the server refuses is told so at once, with the key to check, and asked for twice at most", async () => {
  const test = await startTestGateway({}, { token: "another" });
  const server = await startTokenEndpoint(() => ({
    status: 401,
    body: { error: "invalid_client", error_description: "unknown client" },
  }));
  const client = await startClient(test, guideAuth(server.url));
  const { error } = await client.request("initialize", {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "test", version: "1" },
  });
  expect(error?.data).toMatchObject({ reason: "AUTH_FAILED", retryable: false });
  expect(JSON.stringify(error)).toContain("invalid_client");
  expect(JSON.stringify(error)).toContain("OAUTH_CLIENT_SECRET (auth.client_secret_env)");
  await client.finish();
  expect(server.asked.length).toBeLessThanOrEqual(2);
  expect(test.connections).toBe(0);
});

it("a token endpoint behind mutual TLS is shown the client certificate, and its own is checked", async () => {
  const pem = (name: string): string => readFileSync(`${PEM}${name}.pem`, "utf8");
  const tls = { cert: pem("server"), key: pem("server"), ca: pem("ca"), requestCert: true };
  const test = await startTestGateway({}, { token: "token-canary" });
  const server = await startTokenEndpoint(
    () => ({ body: { access_token: "token-canary", token_type: "Bearer", expires_in: 60 } }),
    { tls },
  );
  const auth = guideAuth(server.url);
  const trusting = {
    tls: { ca_cert_path: `${PEM}ca.pem`, client_cert: `${PEM}client.pem`, client_key: `${PEM}client.pem` },
  };
  const client = await startClient(test, auth, trusting);
  await client.initialize();
  await expectAlive(client);
  await finishWithoutLeak(client);
  expect(server.asked).toHaveLength(1);

  // What holds for the gateway does not hold for where secrets go.
  const careless = await startClient(test, auth, { tls: { verify: false } });
  const { error } = await careless.request("tools/list");
  expect(JSON.stringify(error)).toContain("ca_cert_path");
  await finishWithoutLeak(careless);
  expect(server.asked).toHaveLength(1);
});
