import { describe, expect, test } from "vitest";

import type { GatewayOptions } from "./gateway-options.ts";
import { echo, ping } from "./testing/echo.ts";
import { EnvelopeClient } from "./testing/envelope-client.ts";
import { refusedUpgrade } from "./testing/refused-upgrade.ts";
import { start } from "./testing/started-gateways.ts";

/** A client of such a gateway, and what the gateway says of its version. */
async function meet(options: GatewayOptions): Promise<{ readonly client: EnvelopeClient; readonly said: unknown }> {
  const gateway = await start({ session: echo, ...options });
  const client = await EnvelopeClient.open(gateway.url, options.token);
  const health: unknown = await (await fetch(gateway.healthUrl)).json();
  return { client, said: [client.upgradeHeaders["x-mcp-gateway-version"], health] };
}

test.each<[GatewayOptions, unknown]>([
  [{}, ["2.0", { status: "ok", version: "2.0", sessions: 1 }]],
  [{ version: "1" }, ["1.4", { status: "ok", version: "1.4", sessions: 1 }]],
  [{ version: "1", announceVersion: false }, [undefined, { status: "ok", sessions: 1 }]],
  [{ announceVersion: false }, [undefined, { status: "ok", sessions: 1 }]],
])("a gateway with %j says its version as told", async (options, said) => {
  expect((await meet(options)).said).toEqual(said);
});

describe("a gateway of version 1", () => {
  test("refuses a message with auth_token by name, and goes on", async () => {
    const { client } = await meet({ version: "1" });
    const id = client.send(ping, { auth_token: "any" });
    expect(await client.next()).toMatchObject({
      correlation_id: id,
      error: { code: "INVALID_REQUEST", message: expect.stringContaining("auth_token") },
    });
    client.send(ping);
    expect(await client.next()).toHaveProperty("mcp_payload");
  });

  test("closes with 4400 after such a message, if told", async () => {
    const { client } = await meet({ version: "1", onAuthToken: "close" });
    client.send(ping, { auth_token: "any" });
    expect(await client.ended).toMatchObject({ code: 4400 });
    expect(client.frames).toEqual([]);
  });

  test("ignores it, if told, even one that is wrong: a token belongs to the upgrade", async () => {
    const gateway = await start({ version: "1", onAuthToken: "ignore", token: "good", session: echo });
    expect((await refusedUpgrade(gateway.url)).status).toBe(401);
    const client = await EnvelopeClient.open(gateway.url, "good");
    client.send(ping, { auth_token: "bad" });
    expect(await client.next()).toHaveProperty("mcp_payload");
  });

  test("sends neither correlation nor metadata", async () => {
    const { client } = await meet({
      version: "1",
      session: (session) => ({
        receive: () => session.send('{"jsonrpc":"2.0","id":1,"result":{}}', { metadata: { rate_limit: { limit: 1 } } }),
      }),
    });
    client.send(ping);
    const envelope = await client.next();
    expect(Object.keys(envelope).sort()).toEqual(["id", "mcp_payload", "source", "target_namespace", "timestamp"]);
  });
});
