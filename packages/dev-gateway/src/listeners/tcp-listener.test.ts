import { once } from "node:events";

import { describe, expect, test } from "vitest";

import type { LogEntry } from "../log/log-entry.ts";
import { startGateway } from "../start-gateway.ts";
import { echo, ping } from "../testing/echo.ts";
import { GuideClient, guideFrame } from "../testing/guide-client.ts";
import { start } from "../testing/started-gateways.ts";
import { TcpClient } from "../testing/tcp-client.ts";
import { authority, identity } from "../testing/test-identity.ts";

const CLOSE = 5;

describe("health", () => {
  test("has a plain HTTP port of its own, which restarts with the gateway", async () => {
    const gateway = await start({ transport: "tcp", session: echo, healthPort: 0 });
    expect(await (await fetch(gateway.healthUrl)).json()).toEqual({ status: "ok", version: "2.0", sessions: 0 });
    expect((await fetch(gateway.healthUrl.replace("/health", "/mcp"))).status).toBe(404);
    const restarted = gateway.restart({ downMs: 20 });
    await expect(fetch(gateway.healthUrl)).rejects.toThrow();
    await restarted;
    expect((await fetch(gateway.healthUrl)).status).toBe(200);
  });

  test("a port for it that is taken frees the gateway's own", async () => {
    const taken = await start({ transport: "tcp", session: echo });
    const first = await startGateway({ transport: "tcp", session: echo });
    await first.close();
    const { port } = first;
    await expect(startGateway({ transport: "tcp", session: echo, port, healthPort: taken.port })).rejects.toThrow(
      /EADDRINUSE/,
    );
    await start({ transport: "tcp", session: echo, port });
  });
});

describe("over TLS", () => {
  test("frames and faults are the same", async () => {
    const gateway = await start({ transport: "tcp", tls: identity, session: echo });
    expect(gateway.url).toBe(`tcps://127.0.0.1:${gateway.port}`);
    const client = await GuideClient.open(gateway.url, authority);
    expect(await client.request(ping)).toMatchObject({ result: {} });
    gateway.stall();
    client.tcp.write(guideFrame(2, ""));
    gateway.release();
    expect(await client.next()).toMatchObject({ type: 3 });
    await gateway.restart({ how: "close", downMs: 0 });
    expect(await client.next()).toEqual({ type: CLOSE, payload: Buffer.from("1012 restart") });
    expect(await client.tcp.ended).toBe("end");
  });

  test("a client that speaks no TLS is told of in the log, and one that says nothing keeps nobody", async () => {
    const log: LogEntry[] = [];
    const gateway = await start({ transport: "tcp", tls: identity, session: echo, log: (entry) => log.push(entry) });
    const plain = await TcpClient.open(gateway.url);
    plain.write("MC\0\0\0\x02{}");
    await plain.ended;
    expect(log).toContainEqual({ level: "warn", message: expect.stringContaining("TLS handshake with 127.0.0.1:") });
    const silent = await TcpClient.open(gateway.url);
    await gateway.close();
    await silent.ended;
  });

  test("clients need a certificate where an authority for them is named", async () => {
    // Any certificate of the authority will do for a client here: the test's own names no usage.
    const gateway = await start({ transport: "tcp", tls: { ...identity, ca: authority }, session: echo });
    const known = await TcpClient.open(gateway.url, authority, identity);
    known.write(guideFrame(2, ""));
    expect((await known.take(7)).toString("latin1", 0, 3)).toBe("MC\x03");
    const unknown = await TcpClient.open(gateway.url, authority);
    await unknown.ended;
    expect(unknown.text).toBe("");
  });

  test("a certificate that is none is named", async () => {
    const tls = { cert: "no PEM", key: "no PEM" };
    await expect(startGateway({ session: echo, tls })).rejects.toThrow(
      /^the TLS certificate or its key cannot be used: /,
    );
  });
});

test("a client that connects and resets at once harms nobody", async () => {
  const gateway = await start({ transport: "tcp", session: echo });
  const rude = await TcpClient.open(gateway.url);
  const closed = gateway.next("sessionClosed");
  rude.socket.resetAndDestroy();
  await Promise.all([closed, once(rude.socket, "close")]);
  const client = await GuideClient.open(gateway.url);
  expect(await client.request(ping)).toMatchObject({ result: {} });
});
