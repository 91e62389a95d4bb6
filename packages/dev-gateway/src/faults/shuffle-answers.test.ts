import { expect, test } from "vitest";

import { CountingServer } from "../testing/counting-server.ts";
import { EnvelopeClient } from "../testing/envelope-client.ts";
import { start } from "../testing/started-gateways.ts";

const IDS = Array.from({ length: 20 }, (_, index) => index);

async function orderOfAnswers(seed: number, window: number): Promise<readonly unknown[]> {
  const gateway = await start({
    session: new CountingServer().session,
    seed,
    // Longer than the test: only a full window lets answers out, and the end of the fault.
    faults: [{ fault: "shuffle", window, holdMs: 60_000 }],
  });
  const client = await EnvelopeClient.open(gateway.url);
  for (const id of IDS) client.send({ jsonrpc: "2.0", id, method: "x" });
  await gateway.next("received", ({ envelope }) =>
    JSON.stringify(envelope?.mcp_payload).includes(`"id":${IDS.at(-1)}`),
  );
  const order: unknown[] = [];
  while (order.length < IDS.length - window) {
    const { mcp_payload: message } = await client.next();
    order.push(message);
  }
  return order;
}

test("answers leave in a random order, which is the same for the same seed", async () => {
  const order = await orderOfAnswers(1, 8);
  expect(await orderOfAnswers(1, 8)).toEqual(order);
  expect(await orderOfAnswers(2, 8)).not.toEqual(order);
});

test("every answer leaves once, after some time even when no other follows", async () => {
  const gateway = await start({
    session: new CountingServer().session,
    faults: [{ fault: "shuffle", window: 8, holdMs: 20 }],
  });
  const client = await EnvelopeClient.open(gateway.url);
  for (const id of IDS) client.send({ jsonrpc: "2.0", id, method: "x" });
  const ids: unknown[] = [];
  while (ids.length < IDS.length) {
    const { id } = await client.nextMessage(() => true);
    ids.push(id);
  }
  expect(ids).not.toEqual(IDS);
  expect(ids.sort((left, right) => Number(left) - Number(right))).toEqual(IDS);
});

test("nothing but answers is kept back, and the end of the fault lets them out", async () => {
  const gateway = await start({
    session: (session) => ({
      receive() {
        session.send('{"jsonrpc":"2.0","id":1,"result":{}}');
        session.send('{"jsonrpc":"2.0","method":"notifications/progress"}');
      },
    }),
  });
  const stop = gateway.inject({ fault: "shuffle", holdMs: 60_000 });
  const client = await EnvelopeClient.open(gateway.url);
  client.send({ jsonrpc: "2.0", id: 1, method: "x" });
  expect(await client.next()).toMatchObject({ mcp_payload: { method: "notifications/progress" } });
  stop();
  expect(await client.next()).toMatchObject({ mcp_payload: { id: 1 } });
});
