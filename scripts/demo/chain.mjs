// The chain of the demo: dev gateway with a real MCP server behind it, the built mcp-router command in front of it, and
// an official SDK client that starts the command as Claude CLI does.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { startGateway } from "@mcp-router/dev-gateway";

const ROUTER = fileURLToPath(new URL("../../packages/cli/bin/mcp-router.js", import.meta.url));
const TOKEN_VARIABLE = "MCP_AUTH_TOKEN";
const STDERR_KEPT = 4_000;

/** Starts the gateway and writes the configuration; `close` ends everything and leaves nothing behind. */
export async function openChain(serverCommand) {
  const token = randomBytes(18).toString("base64url");
  const gateway = await startGateway({ command: serverCommand, token });
  const counts = { toServer: 0, toClient: 0 };
  gateway.on("received", () => (counts.toServer += 1));
  gateway.on("sent", () => (counts.toClient += 1));
  // A server that ends takes the session with it, and the router says so only to its log.
  let sessionEnd;
  gateway.on("sessionClosed", ({ code, reason }) => (sessionEnd ??= `${code} ${reason}`.trim()));

  const directory = await mkdtemp(join(tmpdir(), "mcp-router-demo-"));
  const file = join(directory, "mcp-router.yaml");
  const config = `gateway:\n  url: "${gateway.url}"\n  auth:\n    type: bearer\n    token_env: ${TOKEN_VARIABLE}\n`;
  await writeFile(file, config);

  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [ROUTER, "--config", file],
    env: { [TOKEN_VARIABLE]: token },
    stderr: "pipe",
  });
  let stderr = "";
  transport.stderr.on("data", (chunk) => (stderr = (stderr + chunk).slice(-STDERR_KEPT)));

  return {
    url: gateway.url,
    config,
    counts,
    transport,
    /** What went wrong beside the client, as far as anyone said something: for the report of a failure. */
    complaints: () => ({ routerSaid: stderr.trim(), sessionEnd }),
    async close() {
      await gateway.close();
      await rm(directory, { recursive: true, force: true });
    },
    kill: () => gateway.kill(),
  };
}
