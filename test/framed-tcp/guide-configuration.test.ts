import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { ParanoidClient } from "../support/paranoid-client.ts";
import { untilTestEnds } from "../support/scope.ts";
import { spawnRouter } from "../support/spawn-router.ts";
import { TEST_AUTHORITY, TEST_IDENTITY } from "../support/test-identity.ts";
import { startTestGateway } from "../support/test-gateway.ts";
import { LINES_SERVER } from "./support/lines-server.ts";
import { startSixtyLineGateway } from "./support/start-sixty-line-gateway.ts";

const TOKEN = "token-of-the-guide";

/** The integration guide's configuration for framed TCP, in its own words, with the address of a gateway on this machine. */
const configuration = (url: string) => `
gateway:
  url: "${url}"
  connection:
    timeout_ms: 5000
    keepalive_interval_ms: 30000  # TCP keepalive
  auth:
    type: bearer
    token_env: MCP_AUTH_TOKEN
  tls:
    ca_cert_path: ${TEST_AUTHORITY}
    verify: true
`;

async function startClient(url: string): Promise<ParanoidClient> {
  const router = await spawnRouter({
    command: ["--config", "mcp-router.yaml"],
    files: { "mcp-router.yaml": configuration(url) },
    env: { MCP_AUTH_TOKEN: TOKEN },
  });
  return new ParanoidClient(router);
}

it.each([
  [
    "the dev gateway",
    async () => (await startTestGateway({}, { transport: "tcp", tls: TEST_IDENTITY, token: TOKEN })).url,
  ],
  [
    "a gateway of sixty lines",
    async () => {
      const gateway = await startSixtyLineGateway(LINES_SERVER, { ...TEST_IDENTITY, token: TOKEN });
      untilTestEnds(() => gateway.kill());
      return gateway.url;
    },
  ],
])("the guide's configuration for framed TCP works as it is written, with %s", async (_name, start) => {
  const url = await start();
  expect(url).toMatch(/^tcps:/);
  const client = await startClient(url);
  expect((await client.initialize()).result).toMatchObject({ protocolVersion: "2025-06-18" });
  expect((await client.request("tools/call", { name: "any" })).result).toMatchObject({ method: "tools/call" });
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  expect(client.router.stderr).toBe("");
});

it("tcp+tls: is another word for tcps:", async () => {
  const { url } = await startTestGateway({}, { transport: "tcp", tls: TEST_IDENTITY, token: TOKEN });
  const client = await startClient(url.replace("tcps:", "tcp+tls:"));
  expect((await client.initialize()).result).toBeDefined();
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
});

it("a wrong token is told in the answer to the first request, and never printed", async () => {
  const { url } = await startTestGateway({}, { transport: "tcp", tls: TEST_IDENTITY, token: "another-token-of-it" });
  const client = await startClient(url);
  const { error } = await client.initialize();
  expect(error).toMatchObject({ code: -31007, data: { reason: "AUTH_FAILED", outcome: "not_executed" } });
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  expect(client.router.stderr).not.toContain(TOKEN);
});

it("a token that changes goes into the next message, and the connection stays", async () => {
  const test = await startTestGateway({}, { transport: "tcp", token: TOKEN });
  const router = await spawnRouter({
    url: test.url,
    config: { gateway: { auth: { type: "bearer", token_file: "./token" } } },
    files: { token: `${TOKEN}\n` },
  });
  const client = new ParanoidClient(router);
  await client.initialize();
  test.gateway.setTokens(["the-next-token"]);
  test.gateway.on("received", ({ fault }) => {
    if (fault?.code === "UNAUTHORIZED") writeFileSync(join(router.directory, "token"), "the-next-token\n");
  });
  expect((await client.request("tools/call", { name: "pay" })).result).toMatchObject({ method: "tools/call" });
  expect(test.asked.at(-1)?.token).toBe("the-next-token");
  expect([test.count("tools/call"), test.connections]).toEqual([1, 1]);
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
});
