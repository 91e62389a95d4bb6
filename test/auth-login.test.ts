import { expect, it } from "vitest";

import { expectAlive } from "./support/expect-alive.ts";
import type { JsonObject } from "./support/json.ts";
import { ParanoidClient } from "./support/paranoid-client.ts";
import { type RouterEnd, spawnRouter } from "./support/spawn-router.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";
import { startTestGateway } from "./support/test-gateway.ts";
import { startTokenEndpoint, type TokenEndpoint } from "./support/token-endpoint.ts";

const TOKEN = "token-canary";

/** An authorization server whose person has agreed at the second question, or in the browser. */
async function startServer(): Promise<TokenEndpoint> {
  let questions = 0;
  const server: TokenEndpoint = await startTokenEndpoint((_count, _parameters, path) => {
    const { origin } = new URL(server.url);
    if (path === "/device") {
      const device = { device_code: "device-canary", user_code: "ABCD-EFGH", expires_in: 60, interval: 0.01 };
      return { body: { ...device, verification_uri: `${origin}/activate` } };
    }
    if (path !== "/token") {
      const endpoints = {
        authorization_endpoint: `${origin}/authorize`,
        device_authorization_endpoint: `${origin}/device`,
      };
      return { body: { issuer: origin, token_endpoint: server.url, ...endpoints } };
    }
    if (server.asked.at(-1)?.get("grant_type") !== "authorization_code" && ++questions < 2) {
      return { status: 400, body: { error: "authorization_pending" } };
    }
    return { body: { access_token: TOKEN, token_type: "Bearer", expires_in: 600, refresh_token: "refresh-canary" } };
  });
  return server;
}

async function bench(grantType: string) {
  const server = await startServer();
  const test = await startTestGateway({}, { token: TOKEN, messageAuth: "required" });
  const auth = { type: "oauth2", client_id: "router", issuer: new URL(server.url).origin, grant_type: grantType };
  const env = { XDG_CACHE_HOME: await temporaryDirectory() };
  const start = async (words: readonly string[], config: JsonObject = {}) => {
    const router = await spawnRouter({ url: test.url, config: { gateway: { auth }, ...config }, env, words });
    let stdout = "";
    router.child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    const ended = router.ended.then((end: RouterEnd) => ({ ...end, stdout, stderr: router.stderr }));
    return { router, ended, said: () => stdout };
  };
  return { server, test, env, auth, start };
}

it("a person signs in with a device code, routers use what that left, and signing out forgets it", async () => {
  const { test, env, auth, start } = await bench("device_code");
  const say = async (word: string) => await (await start(["auth", word])).ended;
  expect((await say("status")).stdout).toContain("nobody is signed in");
  const login = await say("login");
  expect(login).toMatchObject({ exitCode: 0, stderr: "" });
  expect(login.stdout).toContain("ABCD-EFGH");
  expect(login.stdout).toContain("signed in");
  expect((await say("status")).stdout).toMatch(/good for \d+ s, it is renewed without a person/);

  const client = new ParanoidClient(await spawnRouter({ url: test.url, config: { gateway: { auth } }, env }));
  await client.initialize();
  await expectAlive(client);
  await client.finish();

  expect((await say("logout")).stdout).toContain("signed out");
  expect((await say("status")).stdout).toContain("nobody is signed in");
  expect(`${login.stdout} ${client.router.stderr}`).not.toContain("canary");
});

it("a router that nobody has signed in for says so, and goes on once somebody has", async () => {
  const { test, env, auth, start } = await bench("authorization_code");
  const config = { gateway: { auth }, local: { initialize_hold_ms: 10_000 } };
  const client = new ParanoidClient(await spawnRouter({ url: test.url, config, env }));
  const { error } = await client.request("tools/list");
  expect(JSON.stringify(error)).toContain("mcp-router auth login");

  const connected = test.gateway.next("sessionOpened");
  const login = await start(["auth", "login"]);
  while (!login.said().includes("\n")) await new Promise((resolve) => login.router.child.stdout.once("data", resolve));
  const shown = new URL(/^Open (\S+)/m.exec(login.said())?.[1] ?? "");
  const redirect = new URL(shown.searchParams.get("redirect_uri") ?? "");
  redirect.search = String(new URLSearchParams({ code: "code-canary", state: shown.searchParams.get("state") ?? "" }));
  expect((await fetch(redirect)).status).toBe(200);
  const { exitCode, stdout } = await login.ended;
  expect([exitCode, stdout.includes("canary")]).toEqual([0, false]);

  await connected;
  await client.initialize();
  await expectAlive(client);
  await client.finish();
});

it("signing in where nobody has to is an error that says so", async () => {
  const { start } = await bench("client_credentials");
  const { exitCode, stderr } = await (await start(["auth", "login"])).ended;
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain("needs nobody to sign in");
});
