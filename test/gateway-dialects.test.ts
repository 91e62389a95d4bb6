import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { FramingName, GatewayOptions } from "@mcp-router/dev-gateway";
import { describe, expect, it } from "vitest";

import type { JsonObject } from "./support/json.ts";
import { ParanoidClient } from "./support/paranoid-client.ts";
import { spawnRouter } from "./support/spawn-router.ts";
import { startTestGateway, type TestGateway } from "./support/test-gateway.ts";

const FIXTURES = new URL("../packages/dev-gateway/src/fixtures/", import.meta.url);
const AUTHORITY = fileURLToPath(new URL("ca.pem", FIXTURES));
const IDENTITY = readFileSync(new URL("server.pem", FIXTURES), "utf8");
const TOKEN = "token-of-the-dialects";
const FRAMINGS: readonly FramingName[] = ["guide", "typed", "mcpb", "mcpb-padded", "lines"];

/** A gateway, and a client whose router is told no more of it than `gateway` says. */
async function connect(
  options: GatewayOptions,
  gateway: JsonObject = {},
): Promise<{ readonly test: TestGateway; readonly client: ParanoidClient }> {
  const test = await startTestGateway({}, options);
  const { token, tls } = options;
  const router = await spawnRouter({
    url: test.url,
    env: { GATEWAY_TOKEN: token ?? "" },
    config: {
      gateway: {
        ...gateway,
        ...(token !== undefined && { auth: { type: "bearer", token_env: "GATEWAY_TOKEN" } }),
        ...(tls !== undefined && { tls: { ca_cert_path: AUTHORITY } }),
      },
    },
  });
  return { test, client: new ParanoidClient(router) };
}

/** A session as clients begin it; gives what has arrived at the gateway. */
async function serves({ test, client }: Awaited<ReturnType<typeof connect>>): Promise<readonly string[]> {
  expect((await client.initialize()).result).toMatchObject({ serverInfo: { name: "test-server" } });
  expect((await client.request("tools/call", { name: "pay", nonce: 7 })).result).toMatchObject({ nonce: 7 });
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  return test.journal;
}

function session(connection: number): readonly string[] {
  return ["initialize", "notifications/initialized", "tools/call"].map((method) => `${connection} ${method}`);
}

describe("framed TCP", () => {
  const rows = FRAMINGS.flatMap((framing) => [
    { framing, over: "TCP", options: {} },
    { framing, over: "TLS", options: { tls: { cert: IDENTITY, key: IDENTITY } } },
  ]);

  it.each(rows)("in the layout $framing over $over serves, with the token in each message", async (row) => {
    const { framing, options } = row;
    const dialect = await connect({ ...options, transport: "tcp", framing, token: TOKEN }, { framing });
    expect(await serves(dialect)).toEqual(session(1));
    expect(dialect.test.asked.map(({ token }) => token)).toEqual([TOKEN, TOKEN, TOKEN]);
  });

  it.each(FRAMINGS)("in the layout %s carries bare messages", async (framing) => {
    const dialect = await connect({ transport: "tcp", framing, wire: "json-rpc" }, { framing, wire: "json-rpc" });
    expect(await serves(dialect)).toEqual(session(1));
  });

  it.each([
    ["envelopes", {}],
    ["bare messages", { wire: "json-rpc" }],
  ] as const)("needs no word about the layout where it is the usual one for %s", async (_name, wire) => {
    expect(await serves(await connect({ transport: "tcp", ...wire }, wire))).toEqual(session(1));
  });

  it("with a wrong token is an error that says so", async () => {
    const { test, client } = await connect({ transport: "tcp", token: TOKEN });
    test.gateway.setTokens(["another"]);
    expect((await client.initialize()).error).toMatchObject({ code: -31007, data: { reason: "AUTH_FAILED" } });
    expect(test.asked).toEqual([]);
    await client.finish();
  });

  it.each(FRAMINGS)("in the layout %s is given up when it is silent for too long", async (framing) => {
    const quick = { keepalive_interval_ms: 100, timeout_ms: 200 };
    const { test, client } = await connect({ transport: "tcp", framing }, { framing, connection: quick });
    await client.initialize();
    const back = test.gateway.next("sessionOpened");
    test.gateway.stall();
    await back;
    test.gateway.release();
    expect((await client.request("tools/list")).result).toBeDefined();
    await client.finish();
  });

  const restarts = FRAMINGS.flatMap((framing) => (["crash", "close"] as const).map((how) => ({ framing, how })));

  it.each(restarts)("in the layout $framing is come back to after a restart by $how", async ({ framing, how }) => {
    const { test, client } = await connect({ transport: "tcp", framing }, { framing });
    await client.initialize();
    await test.gateway.restart({ how, downMs: 20 });
    expect((await client.request("tools/list")).result).toBeDefined();
    expect(test.count("initialize")).toBe(2);
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  });
});

it("a WebSocket over TLS serves", async () => {
  expect(await serves(await connect({ token: TOKEN, tls: { cert: IDENTITY, key: IDENTITY } }))).toEqual(session(1));
});

describe("a gateway of version 1", () => {
  it.each(["refuse", "close"] as const)("that says so gets no token in messages (it would %s)", async (onAuthToken) => {
    const dialect = await connect({ version: "1", onAuthToken, token: TOKEN });
    expect(await serves(dialect)).toEqual(session(1));
    expect(dialect.test.asked.every(({ token }) => token === undefined)).toBe(true);
  });

  it.each([
    ["refuse", 1],
    ["close", 2],
  ] as const)("that hides it is found out by what it does: %s", async (onAuthToken, connection) => {
    const dialect = await connect({ version: "1", onAuthToken, announceVersion: false, token: TOKEN });
    expect(await serves(dialect)).toEqual(session(connection));
    expect(dialect.client.router.stderr).toContain("it is taken for a gateway of version 1");
  });

  it("that hides it needs not be found out by who knows", async () => {
    const options: GatewayOptions = { version: "1", onAuthToken: "close", announceVersion: false, token: TOKEN };
    expect(await serves(await connect(options, { version: 1 }))).toEqual(session(1));
  });
});
