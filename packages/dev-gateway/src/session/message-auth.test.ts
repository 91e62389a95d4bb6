import { describe, expect, test } from "vitest";

import { echo, ping } from "../testing/echo.ts";
import { EnvelopeClient } from "../testing/envelope-client.ts";
import { refusedUpgrade } from "../testing/refused-upgrade.ts";
import { start } from "../testing/started-gateways.ts";

describe("the token of a message", () => {
  test("that is wrong is answered with UNAUTHORIZED, correlated to the message, and nothing reaches the server", async () => {
    const gateway = await start({ session: echo, token: "good" });
    const client = await EnvelopeClient.open(gateway.url, "good");
    const id = client.send(ping, { auth_token: "stale" });
    const answer = await client.next();
    expect(answer).toMatchObject({
      source: "gateway",
      correlation_id: id,
      error: { code: "UNAUTHORIZED", details: {} },
    });
    expect(answer).not.toHaveProperty("mcp_payload");
    expect(client.frames).toHaveLength(1);
  });

  test("may be missing, and must not be where it is required", async () => {
    const lenient = await start({ session: echo, token: "good" });
    const strict = await start({ session: echo, token: "good", messageAuth: "required" });
    const first = await EnvelopeClient.open(lenient.url, "good");
    first.send(ping);
    expect(await first.next()).toHaveProperty("mcp_payload");
    const second = await EnvelopeClient.open(strict.url, "good");
    second.send(ping);
    expect(await second.next()).toMatchObject({ error: { code: "UNAUTHORIZED" } });
    second.send(ping, { auth_token: "good" });
    expect(await second.next()).toHaveProperty("mcp_payload");
  });

  test("is checked against the tokens of this moment", async () => {
    const gateway = await start({ session: echo, token: "old" });
    const client = await EnvelopeClient.open(gateway.url, "old");
    gateway.setTokens(["new"]);
    expect(gateway.token).toBe("new");
    client.send(ping, { auth_token: "old" });
    expect(await client.next()).toMatchObject({ error: { code: "UNAUTHORIZED" } });
    client.send(ping, { auth_token: "new" });
    expect(await client.next()).toHaveProperty("mcp_payload");
    expect((await refusedUpgrade(gateway.url, { headers: { Authorization: "Bearer old" } })).status).toBe(401);
    gateway.setTokens([]);
    expect((await refusedUpgrade(gateway.url, { headers: { Authorization: "Bearer new" } })).status).toBe(401);
  });
});
