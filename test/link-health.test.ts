import { expect, it } from "vitest";

import { documentedCode } from "./support/documented-code.ts";
import { isJsonObject, type JsonObject, parseJson } from "./support/json.ts";
import { ParanoidClient } from "./support/paranoid-client.ts";
import { spawnRouter } from "./support/spawn-router.ts";
import { type Asked, startTestGateway } from "./support/test-gateway.ts";

const PLUGIN = documentedCode("docs/plugins.md", "ts", 'name: "health-log"');

/** What the documented plugin has logged so far. */
function pictures(stderr: string): readonly JsonObject[] {
  return stderr
    .split("\n")
    .slice(0, -1)
    .map((line) => parseJson(line))
    .filter((record) => isJsonObject(record))
    .filter(({ msg }) => msg === "health");
}

async function startClient(url: string, gateway: JsonObject): Promise<ParanoidClient> {
  const router = await spawnRouter({
    url,
    config: { gateway },
    words: ["--plugin", "./health-log.ts"],
    files: { "health-log.ts": PLUGIN },
  });
  const client = new ParanoidClient(router);
  await client.initialize();
  return client;
}

/** Asks until the picture is one that matches. */
async function untilPicture(client: ParanoidClient, matches: (picture: JsonObject) => boolean): Promise<JsonObject> {
  for (;;) {
    await client.request("tools/list");
    const latest = pictures(client.router.stderr).at(-1);
    if (latest !== undefined && matches(latest)) return latest;
  }
}

it("heartbeats and the HTTP health endpoint of a framed gateway feed one picture, which a plugin reads", async () => {
  // Heartbeats are for silent lines: the gateway takes its time for every answer.
  const slowly = ({ result }: Asked): void => void setTimeout(() => result("{}"), 50);
  const { gateway, url } = await startTestGateway({ "tools/list": slowly }, { transport: "tcp", healthPort: 0 });
  const client = await startClient(url, {
    connection: { keepalive_interval_ms: 20, timeout_ms: 200 },
    health: { url: gateway.healthUrl, interval_ms: 20 },
  });
  expect(await untilPicture(client, ({ healthStatus }) => healthStatus === 200)).toMatchObject({
    endpoint: url,
    state: "up",
    version: "2",
  });
  const beating = await untilPicture(
    client,
    ({ roundTripMs }) => Array.isArray(roundTripMs) && typeof roundTripMs[0] === "number",
  );
  expect(beating["roundTripMs"]).toEqual([expect.any(Number)]);
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
});

it("the health endpoint of a WebSocket gateway is asked on the port of the gateway itself", async () => {
  const { url } = await startTestGateway({}, { version: "1" });
  const client = await startClient(url, { health: { interval_ms: 20 } });
  expect(await untilPicture(client, ({ healthStatus }) => healthStatus === 200)).toMatchObject({
    state: "up",
    version: "1",
  });
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
});
