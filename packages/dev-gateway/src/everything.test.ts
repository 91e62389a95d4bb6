import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { DevGateway } from "./dev-gateway.ts";
import type { JsonObject } from "./envelope/json-value.ts";
import { isJsonObject } from "./envelope/json-value.ts";
import { startGateway } from "./start-gateway.ts";
import { EnvelopeClient } from "./testing/envelope-client.ts";
import { everythingServer } from "./testing/everything-server.ts";

describe("with the reference server behind it", () => {
  let gateway: DevGateway;
  let client: EnvelopeClient;
  let initialized: JsonObject;

  beforeAll(async () => {
    gateway = await startGateway({ command: everythingServer, token: "secret-token" });
    client = await EnvelopeClient.open(gateway.url, "secret-token");
    const capabilities = { roots: { listChanged: true }, sampling: {} };
    const params = {
      protocolVersion: "2025-06-18",
      capabilities,
      clientInfo: { name: "by-hand", version: "0" },
    };
    initialized = await client.request({ id: "hello", method: "initialize", params });
    client.send({ jsonrpc: "2.0", method: "notifications/initialized" });
  });

  afterAll(async () => {
    await gateway.close();
  });

  test("a client can initialize and list the tools", async () => {
    expect(initialized["result"]).toMatchObject({
      protocolVersion: "2025-06-18",
      capabilities: { tools: {} },
    });
    const { result } = await client.request({ id: 1, method: "tools/list" });
    const tools = isJsonObject(result) && Array.isArray(result["tools"]) ? result["tools"] : [];
    expect(tools).toContainEqual(expect.objectContaining({ name: "echo" }));
  });

  test("an answer carries the id of the envelope that asked, and the namespace it asked in", async () => {
    const envelopeId = client.send({ jsonrpc: "2.0", id: 2, method: "ping" }, { target_namespace: "system" });
    const envelope = await client.next((candidate) => candidate["correlation_id"] === envelopeId);
    expect(envelope).toMatchObject({
      source: "gateway",
      target_namespace: "system",
      correlation_id: envelopeId,
      mcp_payload: { jsonrpc: "2.0", id: 2, result: {} },
    });
    expect(envelope["id"]).toEqual(expect.any(String));
    expect(envelope["timestamp"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test("progress of a tool call comes before its answer", async () => {
    const { length } = client.frames;
    const params = {
      name: "trigger-long-running-operation",
      arguments: { duration: 0.05, steps: 3 },
      _meta: { progressToken: "steps" },
    };
    const answer = await client.request({ id: 3, method: "tools/call", params });
    expect(answer["result"]).toMatchObject({ content: [{ type: "text" }] });
    const progress = client.frames.slice(length).filter((frame) => frame.includes('"notifications/progress"'));
    expect(progress.map((frame) => frame.includes('"progressToken":"steps"'))).toEqual([true, true, true]);
    expect(progress.every((frame) => !frame.includes("correlation_id"))).toBe(true);
  });

  test("a request of the server reaches the client, and the client's answer reaches the server", async () => {
    const params = {
      name: "trigger-sampling-request",
      arguments: { prompt: "Say the word", maxTokens: 10 },
    };
    client.send({ jsonrpc: "2.0", id: 4, method: "tools/call", params });
    const asked = await client.nextMessage(({ method }) => method === "sampling/createMessage");
    const result = {
      role: "assistant",
      model: "by-hand",
      content: { type: "text", text: "xyzzy" },
    };
    client.send({ jsonrpc: "2.0", id: asked["id"] ?? null, result });
    const answer = await client.nextMessage(({ id }) => id === 4);
    expect(JSON.stringify(answer)).toContain("xyzzy");
  });
});
