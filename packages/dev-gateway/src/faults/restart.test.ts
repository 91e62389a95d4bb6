import { createConnection, createServer } from "node:net";
import { once } from "node:events";

import { expect, test } from "vitest";

import type { DevGateway } from "../dev-gateway.ts";
import { CountingServer } from "../testing/counting-server.ts";
import { EnvelopeClient } from "../testing/envelope-client.ts";
import { refusedUpgrade } from "../testing/refused-upgrade.ts";
import { start } from "../testing/started-gateways.ts";

function began(gateway: DevGateway): Promise<unknown> {
  return gateway.next("faulted", ({ fault, step }) => fault === "restart" && step === "begins");
}

test("a crash ends connections without a word and closes the port, then the gateway serves new sessions there", async () => {
  const gateway = await start({ session: new CountingServer().session });
  const client = await EnvelopeClient.open(gateway.url);
  const restarted = gateway.restart({ downMs: 50 });
  await expect(EnvelopeClient.open(gateway.url)).rejects.toThrow(/ECONNREFUSED/);
  expect(await client.ended).toMatchObject({ code: 1006 });
  await restarted;
  const next = await EnvelopeClient.open(gateway.url);
  expect(await next.request({ id: 1, method: "x" })).toMatchObject({ result: { server: 2 } });
  expect(gateway.sessions().map(({ id }) => id)).toEqual(["s2"]);
});

test("a restart that says goodbye closes with 1012", async () => {
  const gateway = await start({ session: new CountingServer().session });
  const client = await EnvelopeClient.open(gateway.url);
  const restarted = gateway.restart({ how: "close", downMs: 0 });
  expect(await client.ended).toEqual({ code: 1012, reason: "restart" });
  await restarted;
  await EnvelopeClient.open(gateway.url);
});

test("behind a load balancer clients get 503 with Retry-After meanwhile, and health says so", async () => {
  const gateway = await start({ session: new CountingServer().session });
  const restarted = gateway.restart({ refuse: "503", downMs: 200 });
  expect(await refusedUpgrade(gateway.url)).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
  const health = await fetch(gateway.healthUrl);
  expect(health.status).toBe(503);
  expect(await health.json()).toMatchObject({ status: "restarting" });
  await restarted;
  expect(gateway.health.status).toBe("ok");
  await EnvelopeClient.open(gateway.url);
});

test("a port that somebody else has taken meanwhile is waited for", async () => {
  const gateway = await start({ session: new CountingServer().session });
  const restarted = gateway.restart({ downMs: 50 });
  const thief = createServer().listen(gateway.port, "127.0.0.1");
  await once(thief, "listening");
  const knock = createConnection(gateway.port, "127.0.0.1");
  await once(knock, "connect");
  knock.destroy();
  thief.close();
  await restarted;
  await EnvelopeClient.open(gateway.url);
});

test("two restarts at a time are one, and closing ends a restart", async () => {
  const gateway = await start({ session: new CountingServer().session });
  const begun = began(gateway);
  const restarts = [gateway.restart({ downMs: 60_000 }), gateway.restart()];
  await begun;
  await gateway.close();
  await Promise.all(restarts);
  await expect(EnvelopeClient.open(gateway.url)).rejects.toThrow(/ECONNREFUSED/);
});

test("restarts come by the clock, until that is ended", async () => {
  const gateway = await start({ session: new CountingServer().session });
  const stop = gateway.inject({ fault: "restart", everyMs: 1, downMs: 0, refuse: "503" });
  await began(gateway);
  await began(gateway);
  stop();
});

test("restarts come by chance, just before a request reaches the server or just after", async () => {
  const server = new CountingServer();
  const gateway = await start({
    session: server.session,
    seed: 7,
    faults: [{ fault: "restart", chance: 1, downMs: 0, refuse: "503" }],
  });
  for (let round = 0; round < 20; round += 1) {
    const serving = gateway.next("faulted", ({ step }) => step === "ends");
    const client = await EnvelopeClient.open(gateway.url);
    client.send({ jsonrpc: "2.0", id: round, method: "tools/call" });
    await client.ended;
    await serving;
  }
  expect(server.journal.length).toBeGreaterThan(2);
  expect(server.journal.length).toBeLessThan(18);
});
