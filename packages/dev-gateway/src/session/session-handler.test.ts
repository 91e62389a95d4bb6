import { describe, expect, test } from "vitest";

import type { Session } from "./session.ts";
import { ping } from "../testing/echo.ts";
import { EnvelopeClient } from "../testing/envelope-client.ts";
import { start } from "../testing/started-gateways.ts";

describe("a handler of one's own", () => {
  test("can put anything on the wire", async () => {
    const sessions: Session[] = [];
    const gateway = await start({
      session(session) {
        sessions.push(session);
        return { receive() {} };
      },
    });
    const client = await EnvelopeClient.open(gateway.url);
    const [session] = sessions;
    session?.sendFrame("garbage");
    session?.send('{"jsonrpc":"2.0","id":99,"result":null}');
    session?.send('[{"jsonrpc":"2.0","id":1,"result":{}}]');
    session?.send('{"jsonrpc":"2.0","method":"bye"}', { raw: true });
    session?.send('{"jsonrpc":"2.0","method":"x"}', {
      correlationId: "c",
      metadata: { auth: { token: "t" } },
    });
    session?.sendFault({
      code: "RATE_LIMIT_EXCEEDED",
      message: "wait",
      details: { retry_after: 2 },
    });
    // The second byte promises four more.
    session?.sendBytes(Buffer.from([0x81, 0x04]));
    session?.terminate();
    expect(await client.ended).toMatchObject({ code: 1006 });
    const [garbage, nullResult, batch, raw, noted, fault] = client.frames;
    expect(garbage).toBe("garbage");
    expect(nullResult).toContain('"mcp_payload":{"jsonrpc":"2.0","id":99,"result":null}}');
    expect(batch).toContain('"mcp_payload":[{"jsonrpc":"2.0","id":1,"result":{}}]}');
    expect(raw).toBe('{"jsonrpc":"2.0","method":"bye"}');
    expect(JSON.parse(noted ?? "")).toMatchObject({
      correlation_id: "c",
      metadata: { auth: { token: "t" } },
    });
    expect(JSON.parse(fault ?? "")).toMatchObject({
      error: { code: "RATE_LIMIT_EXCEEDED", details: { retry_after: 2 } },
    });
  });

  test("that cannot be made ends its session with 1011", async () => {
    const gateway = await start({
      session() {
        throw new Error("no");
      },
    });
    const client = await EnvelopeClient.open(gateway.url);
    expect(await client.ended).toMatchObject({ code: 1011 });
  });

  test("is closed once when its client leaves", async () => {
    let closed = 0;
    const gateway = await start({
      session: () => ({ receive() {}, close: () => void (closed += 1) }),
    });
    const ended = gateway.next("sessionClosed");
    const client = await EnvelopeClient.open(gateway.url);
    await client.close();
    expect(await ended).toMatchObject({ code: 1005 });
    await gateway.close();
    expect(closed).toBe(1);
  });

  test("hears when a slow client has caught up", async () => {
    let caughtUp = (): void => {};
    const drained = new Promise<void>((resolve) => {
      caughtUp = resolve;
    });
    const big = JSON.stringify({
      jsonrpc: "2.0",
      method: "big",
      params: "x".repeat(11 * 1024 * 1024),
    });
    const answers: boolean[] = [];
    const gateway = await start({
      session: (session) => ({
        receive: () => void answers.push(session.send(big)),
        drained: caughtUp,
      }),
    });
    const client = await EnvelopeClient.open(gateway.url);
    client.socket.pause();
    const received = gateway.next("received");
    client.send(ping);
    await received;
    client.socket.resume();
    await drained;
    expect(answers).toEqual([false]);
    expect(await client.next()).toMatchObject({ mcp_payload: { method: "big" } });
  });
});
