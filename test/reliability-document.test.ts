import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

import { ParanoidClient } from "./support/paranoid-client.ts";
import { spawnRouter } from "./support/spawn-router.ts";
import { startTestGateway } from "./support/test-gateway.ts";

const TEXT = readFileSync(new URL("../docs/reliability.md", import.meta.url), "utf8");
const EXAMPLES = [...TEXT.matchAll(/```yaml\n(.*?)```/gs)].map(([, example = ""]) => example);
const TOKEN = "token-of-the-example";

it("docs/reliability.md shows its three configurations", () => {
  expect(EXAMPLES).toHaveLength(3);
});

it.each(EXAMPLES.map((example, place) => [place + 1, example] as const))(
  "configuration %i of docs/reliability.md serves, with the address of a gateway that is there",
  async (_place, example) => {
    const gateway = await startTestGateway({}, { token: TOKEN, messageAuth: "off" });
    // Examples without a credential meet a gateway that wants none.
    const open = await startTestGateway();
    const { url } = example.includes("token_env") ? gateway : open;
    const text = example.replaceAll(/"wss:[^"]*"/g, JSON.stringify(url));
    const client = new ParanoidClient(
      await spawnRouter({
        command: ["--config", "mcp-router.yaml"],
        files: { "mcp-router.yaml": text },
        env: { MCP_AUTH_TOKEN: TOKEN },
      }),
    );
    expect((await client.initialize()).error).toBeUndefined();
    expect((await client.request("tools/call", { name: "search", nonce: 1 })).result).toMatchObject({ nonce: 1 });
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  },
);
