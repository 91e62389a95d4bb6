import { readFileSync, watch } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { type JsonObject, isJsonObject, parseJson } from "../support/json.ts";
import { ParanoidClient } from "../support/paranoid-client.ts";
import { untilTestEnds } from "../support/scope.ts";
import { spawnRouter } from "../support/spawn-router.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { TEST_IDENTITY } from "../support/test-identity.ts";
import { framesOf, type RecordedFrame } from "./support/frames-of.ts";
import { LINES_SERVER } from "./support/lines-server.ts";
import { startSixtyLineGateway } from "./support/start-sixty-line-gateway.ts";

const TOKEN = "token-of-this-test";
/** As the integration guide writes it, but for the address. */
const GUIDE: JsonObject = { timeout_ms: 5000, keepalive_interval_ms: 30_000 };

async function start(connection: JsonObject) {
  const directory = await temporaryDirectory({});
  const record = join(directory, "received");
  const gateway = await startSixtyLineGateway(LINES_SERVER, { token: TOKEN, record, ...TEST_IDENTITY });
  untilTestEnds(() => gateway.kill());
  const router = await spawnRouter({
    url: gateway.url,
    config: { gateway: { ...gateway.config, connection, auth: { type: "bearer", token_env: "GATEWAY_TOKEN" } } },
    env: { GATEWAY_TOKEN: TOKEN },
  });
  const received = (): readonly RecordedFrame[] => framesOf(readFileSync(record));
  return { client: new ParanoidClient(router), record, received };
}

/** The members of an envelope, and the message in it byte for byte. */
function envelopeOf({ payload }: RecordedFrame) {
  const text = payload.toString();
  const envelope = parseJson(text);
  if (!isJsonObject(envelope)) throw new Error(`no envelope: ${text}`);
  const { mcp_payload: _parsed, ...members } = envelope;
  return { members, message: text.slice(text.indexOf('"mcp_payload":') + '"mcp_payload":'.length, -1) };
}

it("every message leaves in one untyped frame: magic, length, envelope, and the client's own bytes in it", async () => {
  const { client, received } = await start(GUIDE);
  const initialize =
    '{"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"bytes","version":"1"}}}';
  const initialized = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
  const call =
    '{ "method":"tools/call", "jsonrpc":"2.0","params":{"name":"größe","n":1.0,"big":9007199254740993},"id":7 }';
  const reply = client.expect("i");
  client.write(`${initialize}\n`);
  await reply;
  const answer = client.expect(7);
  client.write(`${initialized}\n${call}\n`);
  expect((await answer).result).toMatchObject({ params: { name: "größe" } });
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });

  const frames = received();
  const messages = frames.filter(({ type }) => type === 0);
  expect(messages.map((frame) => envelopeOf(frame).message)).toEqual([initialize, initialized, call]);
  for (const { header, payload } of messages) {
    expect(header).toBe(`4d43${payload.length.toString(16).padStart(8, "0")}`);
  }
  const envelopes = messages.map((frame) => envelopeOf(frame).members);
  expect(envelopes.map((members) => members["target_namespace"])).toEqual(["system", "system", "tools"]);
  for (const members of envelopes) {
    expect(Object.keys(members)).toEqual(["id", "timestamp", "source", "target_namespace", "auth_token"]);
    expect(members).toMatchObject({ source: "local-router", auth_token: TOKEN });
    expect(members["timestamp"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  }
  expect(new Set(envelopes.map(({ id }) => id)).size).toBe(3);
  // And at the end a close frame with a reason, and nothing behind it.
  const [close, ...more] = frames.slice(messages.length);
  expect(more).toEqual([]);
  expect(close?.header).toMatch(/^4d4305000000[0-9a-f]{2}$/);
  expect(close?.payload.toString()).not.toBe("");
});

it("a silent line gets ping frames of type 2 with the time in eight bytes, and lives on their pongs", async () => {
  const { client, record, received } = await start({ timeout_ms: 500, keepalive_interval_ms: 100 });
  await client.initialize();
  const isPing = ({ type }: RecordedFrame): boolean => type === 2;
  await new Promise<void>((resolve) => {
    const watcher = watch(record, () => {
      if (received().filter(isPing).length < 3) return;
      watcher.close();
      resolve();
    });
  });
  expect((await client.request("tools/list")).result).toMatchObject({ method: "tools/list" });
  expect(await client.finish()).toEqual({ exitCode: 0, signal: null });

  const pings = received().filter(isPing);
  for (const { header, payload } of pings) {
    expect(header).toBe("4d430200000008");
    expect(Math.abs(Number(payload.readBigUInt64BE()) - Date.now())).toBeLessThan(60_000);
  }
  // One connection for all of it: one handshake.
  const methods = received()
    .filter(({ type }) => type === 0)
    .map((frame) => envelopeOf(frame).message);
  expect(methods.filter((message) => message.includes('"initialize"'))).toHaveLength(1);
});
