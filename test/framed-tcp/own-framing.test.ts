import { createServer } from "node:net";

import { expect, it } from "vitest";

import { documentedCode } from "../support/documented-code.ts";
import { isJsonObject, parseJson } from "../support/json.ts";
import { ParanoidClient } from "../support/paranoid-client.ts";
import { untilTestEnds } from "../support/scope.ts";
import { spawnRouter } from "../support/spawn-router.ts";

const PLUGIN = documentedCode("docs/plugins.md", "ts", 'name: "little-end"');
const CONFIGURATION = documentedCode("docs/plugins.md", "yaml", "framing: little-end");

function frame(payload: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(payload));
  return Buffer.concat([length, Buffer.from(payload)]);
}

/** A gateway with frames that nobody else has. It lists its tools only when the line was silent for so long that a heartbeat came. */
async function startGateway(): Promise<number> {
  const server = createServer((socket) => {
    let rest = Buffer.alloc(0);
    let listed: Buffer | undefined;
    const take = (payload: string): void => {
      const envelope = parseJson(payload);
      const message = isJsonObject(envelope) ? envelope["mcp_payload"] : undefined;
      if (!isJsonObject(message) || message["id"] === undefined) return;
      const result = {
        protocolVersion: "2025-06-18",
        capabilities: {},
        serverInfo: { name: "little", version: "1" },
        method: message["method"],
      };
      const answer = frame(JSON.stringify({ mcp_payload: { jsonrpc: "2.0", id: message["id"], result } }));
      if (message["method"] === "tools/list") listed = answer;
      else socket.write(answer);
    };
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32LE()) {
        const end = 4 + rest.readUInt32LE();
        if (end > 4) take(rest.toString("utf8", 4, end));
        else {
          socket.write(frame(""));
          if (listed !== undefined) socket.write(listed);
          listed = undefined;
        }
        rest = rest.subarray(end);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  untilTestEnds(() => server.close());
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no port");
  return address.port;
}

it("a plugin's own layout of frames serves like any other, heartbeats included", async () => {
  const port = await startGateway();
  const configuration = CONFIGURATION.replace("9443", String(port)).replace(
    "  framing:",
    "  connection: { keepalive_interval_ms: 50, timeout_ms: 500 }\n  framing:",
  );
  const router = await spawnRouter({
    command: ["--config", "mcp-router.yaml"],
    files: { "mcp-router.yaml": configuration, "little-end.ts": PLUGIN },
  });
  const client = new ParanoidClient(router);
  expect((await client.initialize()).result).toMatchObject({ serverInfo: { name: "little" } });
  for (let times = 0; times < 2; times++) {
    expect((await client.request("tools/list")).result).toMatchObject({ method: "tools/list" });
  }
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
});
