import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { ParanoidClient } from "./support/paranoid-client.ts";
import { spawnRouter } from "./support/spawn-router.ts";
import { startTestGateway } from "./support/test-gateway.ts";
import { TEST_AUTHORITY, TEST_IDENTITY } from "./support/test-identity.ts";

function read(document: string): string {
  return readFileSync(new URL(`../docs/${document}`, import.meta.url), "utf8");
}

const TEXT = read("gateways.md");
const EXAMPLES = [...TEXT.matchAll(/```yaml\n(.*?)```/gs)].map(([, example = ""]) => example);
const TOKEN = "token-of-the-example";

/** A gateway of the kind that the example is written for. */
async function startGatewayFor(example: string) {
  const token = example.includes("token_env") ? { token: TOKEN } : {};
  if (!example.includes("tcps:")) return await startTestGateway({}, token);
  const wire = example.includes("json-rpc") ? ({ wire: "json-rpc" } as const) : {};
  return await startTestGateway({}, { transport: "tcp", tls: TEST_IDENTITY, healthPort: 0, ...wire, ...token });
}

it("docs/gateways.md shows its six configurations", () => {
  expect(EXAMPLES).toHaveLength(6);
});

it.each(EXAMPLES.map((example, place) => [place + 1, example] as const))(
  "configuration %i of docs/gateways.md serves, with the address of a gateway that is there",
  async (_place, example) => {
    const { gateway, url } = await startGatewayFor(example);
    const text = example
      .replaceAll(/"(wss|tcps):[^"]*"/g, JSON.stringify(url))
      .replaceAll(/"https:[^"]*"/g, JSON.stringify(gateway.healthUrl));
    const client = new ParanoidClient(
      await spawnRouter({
        command: ["--config", "mcp-router.yaml"],
        files: { "mcp-router.yaml": text },
        env: {
          MCP_AUTH_TOKEN: TOKEN,
          ...(url.startsWith("tcps:") && { MCP_GATEWAY_TLS_CA_CERT_PATH: TEST_AUTHORITY }),
        },
      }),
    );
    expect((await client.initialize()).error).toBeUndefined();
    expect((await client.request("tools/call", { name: "k8s.list", nonce: 1 })).result).toMatchObject({ nonce: 1 });
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  },
);

describe("the keys that docs/gateways.md names", () => {
  const keys = new Set([...TEXT.matchAll(/gateway(?:\.[a-z0-9_]+)+/g)].map(([key]) => key));
  const known = read("configuration.md");

  it("are many", () => {
    expect(keys.size).toBeGreaterThan(20);
  });

  it.each([...keys].filter((key) => !key.startsWith("gateway.example.")))("%s is one of the configuration", (key) => {
    expect(known).toMatch(
      new RegExp(`^(\\| \`${key.replaceAll(".", "\\.")}\`|### \`${key.replaceAll(".", "\\.")})`, "m"),
    );
  });
});
