import { expect, test } from "vitest";

import { CountingServer, initialize, initialized } from "../testing/counting-server.ts";
import { EnvelopeClient } from "../testing/envelope-client.ts";
import { start } from "../testing/started-gateways.ts";

test("a forgotten session gets errors for its requests until it initializes again, with a new server", async () => {
  const server = new CountingServer();
  const gateway = await start({ session: server.session });
  const client = await EnvelopeClient.open(gateway.url);
  await client.request(initialize);
  gateway.forgetSessions();
  expect(await client.request({ id: 1, method: "tools/call" })).toMatchObject({
    error: { code: -32_000, message: "Bad Request: Server not initialized" },
  });
  client.send(initialized);
  expect(await client.request(initialize)).toMatchObject({ result: { server: 2 } });
  expect(await client.request({ id: 2, method: "tools/call" })).toMatchObject({ result: { server: 2 } });
  expect(server.journal).toEqual(["1 initialize", "2 initialize", "2 tools/call"]);
});

test("a client that connects anew is served at once, and one session can be forgotten alone", async () => {
  const gateway = await start({ session: new CountingServer().session });
  const first = await EnvelopeClient.open(gateway.url);
  const second = await EnvelopeClient.open(gateway.url);
  gateway.forgetSessions({ sessionId: "s1", code: -32_600 });
  const third = await EnvelopeClient.open(gateway.url);
  const ask = { id: 1, method: "tools/list" };
  expect(await first.request(ask)).toMatchObject({ error: { code: -32_600 } });
  expect(await second.request(ask)).toMatchObject({ result: {} });
  expect(await third.request(ask)).toMatchObject({ result: {} });
});

test("forgotten sessions can be closed with 4404 instead", async () => {
  const gateway = await start({ session: new CountingServer().session });
  const client = await EnvelopeClient.open(gateway.url);
  gateway.forgetSessions({ as: "close" });
  expect(await client.ended).toEqual({ code: 4404, reason: "session not found" });
});

test("what runs when its session is forgotten ends and is answered; what a replaced server says is not heard", async () => {
  const answers: (() => void)[] = [];
  const closed: string[] = [];
  const gateway = await start({
    session: (session) => ({
      receive(_payload, { id }) {
        answers.push(() => session.send(`{"jsonrpc":"2.0","id":"${id}","result":{}}`));
      },
      close: () => void closed.push("closed"),
    }),
  });
  const client = await EnvelopeClient.open(gateway.url);
  const arrived = gateway.next("received");
  client.send({ jsonrpc: "2.0", id: 1, method: "slow" });
  await arrived;
  gateway.forgetSessions();
  answers[0]?.();
  expect(await client.next()).toMatchObject({ mcp_payload: { result: {} } });

  const again = gateway.next("received");
  client.send({ jsonrpc: "2.0", ...initialize });
  await again;
  expect(closed).toEqual(["closed"]);
  answers[0]?.();
  answers[1]?.();
  await client.next();
  expect(client.frames).toHaveLength(2);
});

test("the ledger says what was forgotten and when that was over", async () => {
  const gateway = await start({ session: new CountingServer().session });
  const steps: string[] = [];
  gateway.on("faulted", ({ fault, step, sessionId }) => steps.push(`${sessionId} ${fault} ${step}`));
  const client = await EnvelopeClient.open(gateway.url);
  const other = await EnvelopeClient.open(gateway.url);
  gateway.forgetSessions();
  await client.request({ id: 1, method: "ping" });
  await client.request(initialize);
  const closed = gateway.next("sessionClosed");
  await other.close();
  await closed;
  expect(steps).toEqual(["s1 forget begins", "s2 forget begins", "s1 forget hits", "s1 forget ends", "s2 forget ends"]);
});

test("sessions are forgotten by the clock or by chance", async () => {
  const gateway = await start({
    session: new CountingServer().session,
    faults: [
      { fault: "forget", chance: 1 },
      { fault: "forget", everyMs: 1, as: "close" },
    ],
  });
  const client = await EnvelopeClient.open(gateway.url);
  expect(await client.ended).toMatchObject({ code: 4404 });
});
