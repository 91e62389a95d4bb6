import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { expect, it } from "vitest";

import { documentedCode } from "./support/documented-code.ts";
import { isJsonObject, parseJson } from "./support/json.ts";
import { ParanoidClient } from "./support/paranoid-client.ts";
import { untilTestEnds } from "./support/scope.ts";
import { spawnRouter } from "./support/spawn-router.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

const PLUGIN = documentedCode("docs/plugins.md", "ts", 'name: "transport-unix"');
const CONFIGURATION = documentedCode("docs/plugins.md", "yaml", "unix:///");

/** A gateway behind a Unix socket. It answers every request with its method, and hangs up at `drop`. */
async function startGateway(path: string): Promise<void> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    createInterface({ input: socket }).on("line", (line) => {
      const message = parseJson(line);
      if (!isJsonObject(message) || message["id"] === undefined) return;
      const { id, method } = message;
      if (method === "drop") {
        socket.destroy();
        return;
      }
      const serverInfo = { name: "unix", version: "1" };
      const result = { protocolVersion: "2025-06-18", capabilities: {}, serverInfo, method, text: "x".repeat(100_000) };
      socket.write(`${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  untilTestEnds(() => server.close());
}

async function startClient(path: string): Promise<ParanoidClient> {
  const configuration = CONFIGURATION.replace("/run/mcp-gateway.sock", path);
  const router = await spawnRouter({
    command: ["--config", "mcp-router.yaml"],
    files: { "mcp-router.yaml": configuration, "transport-unix.ts": PLUGIN },
    env: {
      MCP_GATEWAY_CONNECTION_TIMEOUT_MS: "500",
      MCP_LOCAL_INITIALIZE_HOLD_MS: "200",
      MCP_LOCAL_DRAIN_TIMEOUT_MS: "200",
    },
  });
  return new ParanoidClient(router);
}

it("a plugin's own transport serves like any other, over lost connections too", async () => {
  const path = join(await temporaryDirectory({}), "gateway.sock");
  await startGateway(path);
  const client = await startClient(path);
  expect((await client.initialize()).result).toMatchObject({ serverInfo: { name: "unix" } });
  expect((await client.request("drop")).error).toMatchObject({ data: { outcome: "unknown" } });
  expect((await client.request("tools/list")).result).toMatchObject({ method: "tools/list" });
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
});

it("what the transport says of a gateway that is away reaches the person", async () => {
  const path = join(await temporaryDirectory({}), "nobody.sock");
  const client = await startClient(path);
  expect((await client.initialize()).error).toMatchObject({
    message: expect.stringContaining(`Nothing listens at ${path}.`),
    data: { reason: "UPSTREAM_UNAVAILABLE", hint: expect.stringContaining("gateway.url") },
  });
  await client.finish();
});
