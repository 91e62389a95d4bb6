import { ConfigError, loadConfig } from "@mcp-router/core";
import type { JsonObject } from "@mcp-router/core/plugin";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const packageDirectories = [fileURLToPath(new URL("../../packages/cli", import.meta.url))];
const BEARER = { type: "bearer", token_env: "GATEWAY_TOKEN" };
const TCP = "tcps://gateway.example.com:9443";
const WS = "wss://gateway.example.com/mcp";

/** What the standard preset says to a `gateway` section: its faults, or its warnings. */
async function judge(gateway: JsonObject): Promise<readonly string[]> {
  const layers = [{ origin: "test", value: { gateway } }];
  try {
    return (await loadConfig({ config: layers, env: {}, packageDirectories })).config.warnings;
  } catch (error) {
    if (error instanceof ConfigError) return error.issues.map(({ message }) => message);
    throw error;
  }
}

describe("what is written about the gateway", () => {
  it.each<JsonObject>([
    { url: TCP, auth: BEARER },
    { url: TCP, auth: BEARER, framing: "typed" },
    { url: TCP, auth: BEARER, framing: "mcpb-padded", version: 2 },
    { url: TCP, wire: "json-rpc" },
    { url: TCP, wire: "json-rpc", framing: "typed" },
    { url: TCP, version: "custom", features: { ping_frames: false } },
    { url: TCP, health: { url: "https://gateway.example.com/health", interval_ms: 30_000 } },
    { url: "tcp+tls://gateway.example.com:9443" },
    { url: WS, auth: BEARER, wire: "json-rpc" },
    { url: WS, auth: BEARER, version: "v1" },
    { url: WS, auth: BEARER, features: { per_message_auth: false } },
    { url: WS, health: { interval_ms: 30_000 } },
    { url: WS, namespace: { default: "mine", rules: [{ tool: "k8s.*", namespace: "k8s" }] } },
    { endpoints: [{ url: WS }, { url: TCP }], framing: "typed" },
  ])("fits together: %j", async (gateway) => {
    expect(await judge(gateway)).toEqual([]);
  });

  it.each<[JsonObject, string]>([
    [
      { url: TCP, auth: BEARER, wire: "json-rpc" },
      "gateway.auth: a token travels in the envelopes of gateway.url (tcp), and gateway.wire is json-rpc; use a client certificate (gateway.tls.client_cert), or wss:",
    ],
    [
      { endpoints: [{ url: TCP, auth: BEARER }], features: { per_message_auth: false } },
      "gateway.endpoints[0].auth: a token travels in the envelopes of gateway.endpoints[0].url (tcp), and gateway.features.per_message_auth is false; use a client certificate (gateway.tls.client_cert), or wss:",
    ],
    [
      { url: TCP, version: "1" },
      "gateway.version 1 speaks WebSocket only, and gateway.url is tcps:; use wss:, or gateway.version 2",
    ],
    [
      { url: TCP, framing: "gide" },
      'gateway.framing names the layout "gide", which no plugin knows; expected guide, typed, mcpb, mcpb-padded, lines; did you mean guide?',
    ],
    [{ url: WS, framing: "typed" }, "gateway.framing: typed has no effect on WebSocket, which has frames of its own"],
    [
      { url: WS, wire: "json-rpc", namespace: { rules: [{ method: "tools/*", namespace: "x" }] } },
      "gateway.namespace has no effect with gateway.wire: json-rpc, whose messages have no namespace",
    ],
  ])("does not fit together, and that is said: %j", async (gateway, message) => {
    expect(await judge(gateway)).toEqual([message]);
  });
});
