import { startGateway } from "@mcp-router/dev-gateway";
import { expect, it } from "vitest";

import { EVERYTHING_SERVER } from "./support/everything-server.ts";
import { deadUrl, runRouter } from "./support/run-router.ts";
import { untilTestEnds } from "./support/scope.ts";

const INITIALIZE = '{"jsonrpc":"2.0","method":"initialize","id":"test-1"}\n';
const TOKEN = "echo-test-token";
const AUTH = {
  gateway: { auth: { type: "bearer", token_env: "GATEWAY_TOKEN" } },
  // A real server takes its time to start.
  local: { drain_timeout_ms: 15_000 },
};

it("echo … | mcp-router prints exactly the reply of a real server and exits with 0", async () => {
  const gateway = await startGateway({ token: TOKEN, command: EVERYTHING_SERVER });
  untilTestEnds(() => gateway.close());
  const run = await runRouter({ url: gateway.url, config: AUTH, env: { GATEWAY_TOKEN: TOKEN } }, INITIALIZE);
  expect(run.stdout.match(/\n/g)).toHaveLength(1);
  expect(run.stdout.endsWith("\n")).toBe(true);
  // Without params the server refuses it; the reply is the server's own all the same.
  expect(JSON.parse(run.stdout)).toMatchObject({ jsonrpc: "2.0", id: "test-1", error: { code: -32603 } });
  expect(run).toMatchObject({ exitCode: 0, signal: null });
});

it("echo … | mcp-router prints one error that names the cause when the gateway is away, and exits with 0", async () => {
  const url = await deadUrl();
  const run = await runRouter({ url }, INITIALIZE);
  expect(run.stdout.match(/\n/g)).toHaveLength(1);
  expect(JSON.parse(run.stdout)).toMatchObject({
    id: "test-1",
    error: { message: expect.stringContaining(new URL(url).host), data: { source: "mcp-router", outcome: "not_sent" } },
  });
  expect(run).toMatchObject({ exitCode: 0, signal: null });
});

it("printf without a line break works too: a whole message is a whole message", async () => {
  const gateway = await startGateway({ token: TOKEN, command: EVERYTHING_SERVER });
  untilTestEnds(() => gateway.close());
  const options = { url: gateway.url, config: AUTH, env: { GATEWAY_TOKEN: TOKEN } };
  const run = await runRouter(options, INITIALIZE.trimEnd());
  expect(JSON.parse(run.stdout)).toMatchObject({ id: "test-1", error: { code: -32603 } });
  expect(run).toMatchObject({ exitCode: 0, signal: null });
});

it("a last line that was cut off is not sent, and the log says so", async () => {
  const gateway = await startGateway({ token: TOKEN, command: EVERYTHING_SERVER });
  untilTestEnds(() => gateway.close());
  const options = { url: gateway.url, config: AUTH, env: { GATEWAY_TOKEN: TOKEN } };
  const run = await runRouter(options, INITIALIZE.slice(0, -3));
  expect(run).toMatchObject({ stdout: "", exitCode: 0, signal: null });
  expect(run.stderr).toContain("stdin ended in the middle of a message");
});
