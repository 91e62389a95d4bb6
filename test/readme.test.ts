import { readFileSync } from "node:fs";

import { startGateway } from "@mcp-router/dev-gateway";
import { describe, expect, it } from "vitest";

import { EVERYTHING_SERVER } from "./support/everything-server.ts";
import { ParanoidClient } from "./support/paranoid-client.ts";
import { runRouter } from "./support/run-router.ts";
import { untilTestEnds } from "./support/scope.ts";
import { type RouterOptions, spawnRouter } from "./support/spawn-router.ts";

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const TOKEN = "readme-test-token";
/** Where README's gateway listens; tests take any free port. */
const README_GATEWAY = "ws://127.0.0.1:8080/mcp";

/** The fenced blocks of that language, in order. */
function blocks(language: string): readonly string[] {
  return [...README.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, text = ""]) => text);
}

const CONFIGURATIONS = blocks("yaml");
const PLUGINS = blocks("ts");

/** A gateway as README starts one. */
async function startReadmeGateway(token = TOKEN): Promise<string> {
  const gateway = await startGateway({ token, command: EVERYTHING_SERVER });
  untilTestEnds(() => gateway.close());
  return gateway.url;
}

it("README shows at least two configurations and a plugin", () => {
  expect(CONFIGURATIONS.length).toBeGreaterThanOrEqual(2);
  expect(PLUGINS.length).toBeGreaterThanOrEqual(1);
});

describe.each(CONFIGURATIONS.map((text, place) => ({ place: place + 1, text })))(
  "configuration $place of README",
  ({ text }) => {
    const files = { "mcp-router.yaml": text };
    const env = { MCP_AUTH_TOKEN: TOKEN };

    it("is valid", async () => {
      const run = await runRouter({ command: ["config", "validate", "--config", "mcp-router.yaml"], files, env });
      expect(run).toMatchObject({ exitCode: 0, signal: null });
    });

    it("serves, with the address of a gateway that is there", async () => {
      const url = await startReadmeGateway();
      const client = new ParanoidClient(
        await spawnRouter({ command: ["--config", "mcp-router.yaml", "--url", url], files, env }),
      );
      expect((await client.initialize()).result).toMatchObject({
        serverInfo: { name: expect.stringContaining("everything") },
      });
      const { result } = await client.request("tools/call", { name: "echo", arguments: { message: "from README" } });
      expect(JSON.stringify(result)).toContain("from README");
      expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
    });
  },
);

it("the plugin of README refuses what it says, and lets the rest pass", async () => {
  const options: RouterOptions = {
    url: await startReadmeGateway(),
    config: { gateway: { auth: { type: "bearer", token_env: "MCP_AUTH_TOKEN" } } },
    env: { MCP_AUTH_TOKEN: TOKEN },
    words: ["--plugin", "./no-deletes.ts"],
    files: { "no-deletes.ts": PLUGINS[0] ?? "" },
  };
  const client = new ParanoidClient(await spawnRouter(options));
  await client.initialize();
  const refused = await client.request("tools/call", { name: "delete_everything", arguments: {} });
  expect(refused.error).toMatchObject({ code: -31011, data: { reason: "PLUGIN_REJECTED", outcome: "not_sent" } });
  const { result } = await client.request("tools/call", { name: "echo", arguments: { message: "passes" } });
  expect(JSON.stringify(result)).toContain("passes");
  await client.finish();
});

it("the line of README that asks the router without Claude gets its reply, word for word", async () => {
  const parts = /^echo '(.*)' \| MCP_AUTH_TOKEN=(\S+) mcp-router (.*)$/m.exec(README);
  if (parts === null) throw new Error("README has no such line");
  const [, line = "", token = "", words = ""] = parts;
  const url = await startReadmeGateway(token);
  expect(words).toContain(README_GATEWAY);
  const run = await runRouter(
    {
      command: words.replace(README_GATEWAY, url).split(" "),
      files: { "mcp-router.yaml": CONFIGURATIONS[0] ?? "" },
      // A real server takes its time to start on a busy machine.
      env: { MCP_AUTH_TOKEN: token, MCP_LOCAL_DRAIN_TIMEOUT_MS: "30000" },
    },
    `${line}\n`,
  );
  // The server refuses an initialize without params; the reply is its own all the same.
  expect(JSON.parse(run.stdout)).toMatchObject({ jsonrpc: "2.0", id: "test-1", error: { code: -32603 } });
  expect(run.exitCode).toBe(0);
});

it("a wrong token is an error that says so, not a hang", async () => {
  const run = await runRouter(
    {
      command: ["--config", "mcp-router.yaml", "--url", await startReadmeGateway()],
      files: { "mcp-router.yaml": CONFIGURATIONS[0] ?? "" },
      env: { MCP_AUTH_TOKEN: "another-token" },
    },
    '{"jsonrpc":"2.0","method":"initialize","id":1}\n',
  );
  expect(JSON.parse(run.stdout)).toMatchObject({ id: 1, error: { code: -31007 } });
  expect(run.exitCode).toBe(0);
});
