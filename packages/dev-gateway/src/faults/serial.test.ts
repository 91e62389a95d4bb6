import { expect, test } from "vitest";

import type { Session } from "../session/session.ts";
import { CountingServer, initialize } from "../testing/counting-server.ts";
import { EnvelopeClient } from "../testing/envelope-client.ts";
import { start } from "../testing/started-gateways.ts";

/** A server that answers when it is told to. */
class PatientServer {
  readonly journal: string[] = [];
  readonly #sessions: Session[] = [];

  readonly session = (session: Session) => {
    this.#sessions.push(session);
    return { receive: (payload: Buffer) => void this.journal.push(payload.toString()) };
  };

  answer(id: number): void {
    this.#sessions[0]?.send(`{"jsonrpc":"2.0","id":${id},"result":{}}`);
  }
}

test("one request is served at a time; what follows stands in line, but the client's answers pass", async () => {
  const server = new PatientServer();
  const gateway = await start({ session: server.session, faults: [{ fault: "serial" }] });
  const client = await EnvelopeClient.open(gateway.url);
  const messages = [
    '{"jsonrpc":"2.0","id":1,"method":"a"}',
    '{"jsonrpc":"2.0","id":2,"method":"b"}',
    '{"jsonrpc":"2.0","method":"notifications/cancelled"}',
    '{"jsonrpc":"2.0","id":3,"method":"c"}',
    '{"jsonrpc":"2.0","id":"roots","result":{}}',
  ];
  const arrived = gateway.next("received", ({ payload }) => payload?.toString() === messages[4]);
  for (const message of messages) client.send(message);
  await arrived;
  expect(server.journal).toEqual([messages[0], messages[4]]);
  server.answer(1);
  expect(server.journal.slice(2)).toEqual([messages[1]]);
  server.answer(2);
  expect(server.journal.slice(3)).toEqual([messages[2], messages[3]]);
});

test("a call takes its time, on each connection for itself", async () => {
  const gateway = await start({ session: new CountingServer().session, faults: [{ fault: "serial", callMs: 20 }] });
  const clients = await Promise.all([EnvelopeClient.open(gateway.url), EnvelopeClient.open(gateway.url)]);
  const begin = performance.now();
  const order: string[] = [];
  gateway.on("sent", ({ sessionId }) => order.push(sessionId));
  await Promise.all(
    clients.map(async (client) => {
      const requests = [1, 2, 3].map((id) => client.send({ jsonrpc: "2.0", id, method: "x" }));
      for (const _ of requests) await client.next();
    }),
  );
  expect(performance.now() - begin).toBeGreaterThan(58);
  expect(order.slice(0, 2).sort()).toEqual(["s1", "s2"]);
});

test("a client whose line is long is not read on, and none of it is lost", async () => {
  const server = new PatientServer();
  const gateway = await start({ session: server.session, faults: [{ fault: "serial" }] });
  const client = await EnvelopeClient.open(gateway.url);
  const count = 400;
  const taken = gateway.next("received", ({ payload }) => payload?.includes('"id":101') === true);
  // More than sockets and streams hold by themselves.
  for (let id = 0; id < count; id += 1) client.send({ jsonrpc: "2.0", id, method: "x".repeat(100_000) });
  await taken;
  await fetch(gateway.healthUrl);
  expect(gateway.sessions()[0]?.received).toBeLessThan(count);
  for (let id = 0; id < count; id += 1) {
    if (server.journal.length <= id) await gateway.next("received");
    server.answer(id);
    await client.next();
  }
  expect(server.journal).toHaveLength(count);
});

test("the end of the fault lets everything through", async () => {
  const server = new PatientServer();
  const gateway = await start({ session: server.session });
  const stop = gateway.inject({ fault: "serial", callMs: 60_000 });
  const client = await EnvelopeClient.open(gateway.url);
  const arrived = gateway.next("received", ({ payload }) => payload?.includes('"id":3') === true);
  for (const id of [1, 2, 3]) client.send({ jsonrpc: "2.0", id, method: "x" });
  await arrived;
  server.answer(1);
  expect(server.journal).toHaveLength(1);
  stop();
  expect(server.journal).toHaveLength(3);
  expect(await client.next()).toMatchObject({ mcp_payload: { id: 1 } });
});

test("a session that is forgotten and initialized again has an empty line", async () => {
  const server = new PatientServer();
  const gateway = await start({ session: server.session, faults: [{ fault: "serial" }] });
  const client = await EnvelopeClient.open(gateway.url);
  const arrived = gateway.next("received");
  client.send({ jsonrpc: "2.0", id: 1, method: "x" });
  await arrived;
  gateway.forgetSessions();
  const again = gateway.next("received");
  client.send({ jsonrpc: "2.0", ...initialize });
  await again;
  expect(server.journal).toHaveLength(2);
});
