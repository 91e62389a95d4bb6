import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { clientCertificate, CLIENT_AUTHORITY } from "./support/client-certificates.ts";
import { startConnectProxy } from "./support/connect-proxy.ts";
import type { JsonObject } from "./support/json.ts";
import { ParanoidClient } from "./support/paranoid-client.ts";
import { ROUTER_BIN, spawnRouter } from "./support/spawn-router.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";
import { TEST_AUTHORITY, TEST_IDENTITY } from "./support/test-identity.ts";
import { startTestGateway, type TestGateway } from "./support/test-gateway.ts";
import { startTokenEndpoint } from "./support/token-endpoint.ts";

const CANARY = "canary-4f1c9b7e2d";
/** Also encoded, as it may stand in a header or a URL. */
const CANARIES = [CANARY, Buffer.from(CANARY).toString("base64").replace(/=+$/, ""), encodeURIComponent(CANARY)];

interface Place {
  /** The `gateway` section beside `url`. */
  readonly gateway: JsonObject;
  readonly env?: { readonly [name: string]: string };
  readonly files?: { readonly [path: string]: string };
}

/** Every place in which a secret can stand. */
const PLACES: { readonly [name: string]: (test: TestGateway) => Promise<Place> } = {
  "a token of the environment": async () => ({
    gateway: { auth: { type: "bearer", token_env: "TOKEN" } },
    env: { TOKEN: CANARY },
  }),
  "a token of a file": async () => ({
    gateway: { auth: { type: "bearer", token_file: "./token" } },
    files: { token: `${CANARY}\n` },
  }),
  "a token of a command": async () => ({
    gateway: { auth: { type: "bearer", token_command: ["printenv", "TOKEN"] } },
    env: { TOKEN: CANARY },
  }),
  "a token of the configuration": async () => ({ gateway: { auth: { type: "bearer", token: CANARY } } }),
  "a client secret": async () => ({
    gateway: { auth: { ...(await oauth2()), client_secret_env: "SECRET" } },
    env: { SECRET: CANARY },
  }),
  "a client secret of the configuration": async () => ({
    gateway: { auth: { ...(await oauth2()), client_secret: CANARY } },
  }),
  "a refresh token": async () => ({
    gateway: { auth: { ...(await oauth2()), grant_type: "refresh_token", refresh_token_file: "./refresh" } },
    files: { refresh: CANARY },
  }),
  "the password of a proxy": async ({ gateway }) => {
    const proxy = await startConnectProxy({ to: gateway.port, login: `me:${CANARY}` });
    return { gateway: { proxy: `http://me:${CANARY}@127.0.0.1:${proxy.port}` } };
  },
  "the passphrase of a key": async () => ({
    gateway: {
      auth: {
        type: "mtls",
        client_cert: clientCertificate("client-2.pem"),
        client_key: clientCertificate("client-2.pem"),
        client_key_passphrase_env: "PASSPHRASE",
      },
    },
    env: { PASSPHRASE: CANARY },
  }),
};

/** A sign-in whose tokens are as secret as what they are got with. */
async function oauth2(): Promise<JsonObject> {
  const server = await startTokenEndpoint(() => ({
    body: { access_token: CANARY, token_type: "Bearer", expires_in: 60, refresh_token: `${CANARY}-next` },
  }));
  return { type: "oauth2", client_id: "router", token_endpoint: server.url, token_cache: false };
}

function startGateway(hostile: boolean): Promise<TestGateway> {
  return startTestGateway(
    {
      "tools/call": ({ session, envelopeId, token = CANARY }) => {
        // A gateway that knows no better says what it was given.
        session.sendFault(
          { code: "FORBIDDEN", message: `the token ${token} may not do that` },
          envelopeId === undefined ? {} : { correlationId: envelopeId },
        );
      },
    },
    {
      tls: { ...TEST_IDENTITY, ca: CLIENT_AUTHORITY },
      ...(hostile && {
        onUpgrade: ({ headers }) => ({ status: 401, body: `bad credential: ${headers.authorization ?? CANARY}` }),
      }),
    },
  );
}

async function command(words: readonly string[], directory: string, env: NodeJS.ProcessEnv): Promise<string> {
  return await new Promise((resolve) => {
    const options = { cwd: directory, env: { PATH: process.env["PATH"], HOME: directory, ...env } };
    execFile(process.execPath, [ROUTER_BIN, ...words], options, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}

function expectNone(text: string): void {
  for (const canary of CANARIES) expect(text).not.toContain(canary);
}

describe.each(Object.keys(PLACES))("%s", (name) => {
  it.each([
    ["serves", false],
    ["refuses it and says what it was", true],
  ])("shows nowhere, while the gateway %s", async (_how, hostile) => {
    const test = await startGateway(hostile);
    const place = await PLACES[name]?.(test);
    if (place === undefined) throw new Error("no such place");
    const { gateway, env = {}, files = {} } = place;
    const whole: JsonObject = {
      gateway: {
        tls: {
          ca_cert_path: TEST_AUTHORITY,
          client_cert: clientCertificate("client-2.pem"),
          client_key: clientCertificate("client-2.pem"),
        },
        ...gateway,
      },
      logging: { level: "trace" },
      local: { initialize_hold_ms: 300 },
    };
    const router = await spawnRouter({ url: test.url, config: whole, env, files });
    let said = "";
    router.child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const client = new ParanoidClient(router);
    await client.initialize();
    await client.request("tools/call", { name: "pay" });
    await client.finish();
    expect(router.stderr).not.toBe("");
    expectNone(said + router.stderr);

    const directory = await temporaryDirectory({
      ...files,
      "mcp-router.json": readFileSync(`${router.directory}/mcp-router.json`, "utf8"),
    });
    const config = ["--config", "mcp-router.json"];
    for (const words of [
      ["config", "show"],
      ["test-connection", "--json"],
      ["test-auth", "--renew"],
    ]) {
      const told = await command([...words, ...config], directory, { ...env, MCP_LOGGING_LEVEL: "debug" });
      expect(told).not.toBe("");
      expectNone(told);
    }
  });
});
