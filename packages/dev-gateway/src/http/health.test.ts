import { afterAll, beforeAll, expect, test } from "vitest";

import type { DevGateway } from "../dev-gateway.ts";
import { startGateway } from "../start-gateway.ts";
import { EnvelopeClient } from "../testing/envelope-client.ts";

let gateway: DevGateway;

beforeAll(async () => {
  gateway = await startGateway({ session: () => ({ receive() {} }), token: "secret-token" });
});

afterAll(() => gateway.close());

test("health is told on the same port, without a token, with the number of sessions", async () => {
  const client = await EnvelopeClient.open(gateway.url, "secret-token");
  const response = await fetch(gateway.healthUrl);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toEqual({ status: "ok", version: "2.0", sessions: 1 });
  const ended = gateway.next("sessionClosed");
  await client.close();
  await ended;
  expect(gateway.health).toEqual({ status: "ok", version: "2.0", sessions: 0 });
});

test("health answers HEAD without a body", async () => {
  const response = await fetch(gateway.healthUrl, { method: "HEAD" });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe("");
});

test("health takes no other method and tells browsers of other origins nothing", async () => {
  const response = await fetch(gateway.healthUrl, { method: "POST", body: "{}" });
  expect(response.status).toBe(405);
  expect(response.headers.get("allow")).toBe("GET, HEAD");
  expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
});

test("a status other than ok is a 503", async () => {
  gateway.setHealthStatus("draining");
  const response = await fetch(gateway.healthUrl);
  gateway.setHealthStatus("ok");
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ status: "draining" });
});

test("the MCP endpoint asks for an upgrade, other paths do not exist", async () => {
  expect((await fetch(gateway.healthUrl.replace("/health", "/mcp"))).status).toBe(426);
  expect((await fetch(gateway.healthUrl.replace("/health", "/"))).status).toBe(404);
});
