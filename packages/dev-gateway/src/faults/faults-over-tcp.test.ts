import { describe, expect, test } from "vitest";

import { CountingServer } from "../testing/counting-server.ts";
import { echo, ping } from "../testing/echo.ts";
import { GuideClient, guideFrame } from "../testing/guide-client.ts";
import { start } from "../testing/started-gateways.ts";

const CLOSE = 5;

describe("faults work below the frames", () => {
  test("restarts, by a crash or with a goodbye; nothing can say 503", async () => {
    const gateway = await start({ transport: "tcp", session: new CountingServer().session });
    const crashed = await GuideClient.open(gateway.url);
    await crashed.request(ping);
    const restarted = gateway.restart({ downMs: 20, refuse: "503" });
    await expect(GuideClient.open(gateway.url)).rejects.toThrow(/ECONNREFUSED/);
    await crashed.tcp.ended;
    expect(crashed.tcp.text).toBe("");
    await restarted;
    const client = await GuideClient.open(gateway.url);
    expect(await client.request({ id: 1, method: "x" })).toMatchObject({ result: { server: 2 } });
    const again = gateway.restart({ how: "close", downMs: 0 });
    expect(await client.next()).toEqual({ type: CLOSE, payload: Buffer.from("1012 restart") });
    await again;
  });

  test("a stalled connection answers no ping until it is released, and new ones can be held", async () => {
    const gateway = await start({ transport: "tcp", session: echo });
    const client = await GuideClient.open(gateway.url);
    await client.request(ping);
    gateway.stall({ upgrades: "hold" });
    client.tcp.write(guideFrame(2, "12345678"));
    const held = await GuideClient.open(gateway.url);
    held.send(ping);
    expect([client.tcp.text, gateway.sessions().length]).toEqual(["", 1]);
    gateway.release();
    expect(await client.next()).toMatchObject({ type: 3 });
    expect(await held.nextMessage()).toMatchObject({ result: {} });
  });

  test("answers drip", async () => {
    const gateway = await start({ transport: "tcp", session: echo, faults: [{ fault: "drip", gapMs: 0 }] });
    const client = await GuideClient.open(gateway.url);
    let pieces = 0;
    client.tcp.socket.on("data", () => (pieces += 1));
    expect(await client.request(ping)).toMatchObject({ result: {} });
    expect(pieces).toBeGreaterThan(1);
  });

  test("sessions are forgotten by a close frame", async () => {
    const gateway = await start({ transport: "tcp", session: echo });
    const client = await GuideClient.open(gateway.url);
    await client.request(ping);
    gateway.forgetSessions({ as: "close" });
    expect(await client.next()).toEqual({ type: CLOSE, payload: Buffer.from("4404 session not found") });
  });

  test("strictness about initialized too", async () => {
    const gateway = await start({ transport: "tcp", session: echo, requireInitialized: true });
    const client = await GuideClient.open(gateway.url);
    expect(await client.request({ id: 1, method: "tools/list" })).toMatchObject({ error: { code: -32_000 } });
  });
});
