import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { expectAlive } from "./support/expect-alive.ts";
import { ParanoidClient } from "./support/paranoid-client.ts";
import { spawnRouter } from "./support/spawn-router.ts";
import { startTestGateway, type TestGateway } from "./support/test-gateway.ts";

const OLD = "token-canary-old";
const NEW = "token-canary-new";
const AUTH = { gateway: { auth: { type: "bearer", token_file: "./token" } } };

async function startClient(test: TestGateway): Promise<ParanoidClient> {
  const client = new ParanoidClient(await spawnRouter({ url: test.url, config: AUTH, files: { token: `${OLD}\n` } }));
  await client.initialize();
  await expectAlive(client);
  return client;
}

function writeToken(client: ParanoidClient, token: string): void {
  writeFileSync(join(client.router.directory, "token"), `${token}\n`);
}

async function finishWithoutLeak(client: ParanoidClient): Promise<void> {
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  expect(client.router.stderr).not.toContain("canary");
}

it("a message refused as UNAUTHORIZED is sent once more with the token that the file holds now", async () => {
  const test = await startTestGateway({}, { token: OLD, messageAuth: "required" });
  const client = await startClient(test);
  test.gateway.setTokens([NEW]);
  // The token is rotated when the gateway has refused the old one, not before.
  let refusals = 0;
  test.gateway.on("received", ({ fault }) => {
    if (fault?.code !== "UNAUTHORIZED") return;
    refusals++;
    writeToken(client, NEW);
  });
  expect((await client.request("tools/call", { name: "pay", nonce: "once" })).result).toMatchObject({ nonce: "once" });
  await expectAlive(client);
  expect([refusals, test.count("tools/call"), test.connections]).toEqual([1, 1, 1]);
  expect(test.asked.at(-1)?.token).toBe(NEW);
  await finishWithoutLeak(client);
});

it("a message refused as UNAUTHORIZED although nothing better is there fails, and says that it did not run", async () => {
  const test = await startTestGateway({}, { token: OLD, messageAuth: "required" });
  const client = await startClient(test);
  test.gateway.setTokens([NEW]);
  const reply = await client.request("tools/call", { name: "pay" });
  expect(reply.error).toMatchObject({
    code: -31007,
    data: { reason: "AUTH_FAILED", outcome: "not_executed", retryable: false },
  });
  expect(reply.line.toString()).not.toContain("canary");
  expect(test.count("tools/call")).toBe(0);
  // The session lives on, and serves when the token is right again.
  writeToken(client, NEW);
  await expectAlive(client);
  await finishWithoutLeak(client);
});

it("an upgrade refused with 401 is tried once more with the token that the file holds now", async () => {
  let client: ParanoidClient | undefined;
  const refused: (string | undefined)[] = [];
  const test = await startTestGateway({}, { token: NEW });
  test.gateway.on("upgradeRefused", ({ headers }) => {
    refused.push(headers.authorization);
    if (client !== undefined) writeToken(client, NEW);
  });
  client = new ParanoidClient(
    await spawnRouter({
      url: test.url,
      config: { ...AUTH, local: { initialize_hold_ms: 10_000 } },
      files: { token: OLD },
    }),
  );
  expect((await client.initialize()).result).toMatchObject({ serverInfo: { name: "test-server" } });
  expect(refused).toEqual([`Bearer ${OLD}`]);
  await finishWithoutLeak(client);
});

it("a token that the gateway hands out in an envelope is the one of the next message", async () => {
  const test = await startTestGateway(
    {
      "test/rotate": ({ session, id }) => {
        session.send(`{"jsonrpc":"2.0","id":${id},"result":{}}`, { metadata: { auth: { token: NEW } } });
      },
    },
    { tokens: [OLD, NEW], messageAuth: "required" },
  );
  const client = await startClient(test);
  await client.request("test/rotate");
  await expectAlive(client);
  expect(test.asked.map(({ token }) => token)).toEqual([OLD, OLD, OLD, OLD, NEW]);
  await finishWithoutLeak(client);
});

it("a token that a program prints is asked for again when the gateway refuses it", async () => {
  const test = await startTestGateway({}, { token: OLD, messageAuth: "required" });
  const script = 'process.stdout.write(require("fs").readFileSync("printed", "utf8"))';
  const auth = { type: "bearer", token_command: [process.execPath, "-e", script] };
  const router = await spawnRouter({ url: test.url, config: { gateway: { auth } }, files: { printed: OLD } });
  const client = new ParanoidClient(router);
  await client.initialize();
  writeFileSync(join(router.directory, "printed"), NEW);
  await expectAlive(client);
  test.gateway.setTokens([NEW]);
  expect((await client.request("tools/call", { name: "pay", nonce: "once" })).result).toMatchObject({ nonce: "once" });
  expect([test.count("tools/call"), test.asked.at(-1)?.token, test.connections]).toEqual([1, NEW, 1]);
  await finishWithoutLeak(client);
});

it("a program that prints no token is told in the answer to the first request", async () => {
  const test = await startTestGateway({}, { token: OLD });
  const auth = { type: "bearer", token_command: [process.execPath, "-e", 'console.error("log in"); process.exit(2)'] };
  const client = new ParanoidClient(await spawnRouter({ url: test.url, config: { gateway: { auth } } }));
  const { error } = await client.initialize();
  expect(error?.message).toMatch(/\(gateway\.auth\.token_command\) ended with exit code 2; it said “log in”/);
  expect(error?.data).toMatchObject({ reason: "AUTH_FAILED", outcome: "not_sent", hint: expect.stringMatching(/\w/) });
  await client.finish();
});
