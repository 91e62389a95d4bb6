import { expect, test } from "vitest";

import { CountingServer, initialize, initialized } from "../testing/counting-server.ts";
import { EnvelopeClient } from "../testing/envelope-client.ts";
import { start } from "../testing/started-gateways.ts";

test("before notifications/initialized only initialize and ping are served", async () => {
  const server = new CountingServer();
  const gateway = await start({ session: server.session, requireInitialized: true });
  const client = await EnvelopeClient.open(gateway.url);
  const ask = { id: 1, method: "tools/list" };
  const refusal = { error: { code: -32_000, message: "Bad Request: Server not initialized" } };
  expect(await client.request(ask)).toMatchObject(refusal);
  expect(await client.request({ id: 2, method: "ping" })).toMatchObject({ result: {} });
  expect(await client.request(initialize)).toMatchObject({ result: {} });
  expect(await client.request(ask)).toMatchObject(refusal);
  client.send(initialized);
  expect(await client.request(ask)).toMatchObject({ result: {} });
  expect(server.journal).toEqual(["1 ping", "1 initialize", "1 notifications/initialized", "1 tools/list"]);
});

test("each connection has to be initialized, and one that was forgotten once more", async () => {
  const gateway = await start({ session: new CountingServer().session, requireInitialized: true });
  const ask = { id: 1, method: "tools/list" };
  for (let connection = 0; connection < 2; connection += 1) {
    const client = await EnvelopeClient.open(gateway.url);
    for (let session = 0; session < 2; session += 1) {
      expect(await client.request(ask)).toMatchObject({ error: { code: -32_000 } });
      await client.request(initialize);
      expect(await client.request(ask)).toMatchObject({ error: { code: -32_000 } });
      client.send(initialized);
      expect(await client.request(ask)).toMatchObject({ result: {} });
      gateway.forgetSessions();
    }
  }
});
