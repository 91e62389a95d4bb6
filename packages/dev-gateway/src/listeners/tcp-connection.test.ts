import { describe, expect, test } from "vitest";

import type { LogEntry } from "../log/log-entry.ts";
import { echo, ping } from "../testing/echo.ts";
import { GuideClient, guideFrame } from "../testing/guide-client.ts";
import { start } from "../testing/started-gateways.ts";
import { TcpClient } from "../testing/tcp-client.ts";

const CLOSE = 5;
const ERROR = 4;

describe("over framed TCP", () => {
  test("messages are answered, and the session says how it came", async () => {
    const gateway = await start({ transport: "tcp", session: echo });
    expect(gateway.url).toBe(`tcp://127.0.0.1:${gateway.port}`);
    const client = await GuideClient.open(gateway.url);
    expect(await client.request(ping)).toEqual({ jsonrpc: "2.0", id: 1, result: { got: ping } });
    expect(gateway.sessions()).toMatchObject([{ id: "s1", transport: "tcp", headers: {}, received: 1, sent: 1 }]);
    expect(gateway.healthUrl).toBe("");
  });

  test("both layouts are read at any time, and what is sent is untyped or typed as told", async () => {
    for (const [framing, type] of [
      ["guide", 0],
      ["typed", 1],
    ] as const) {
      const gateway = await start({ transport: "tcp", framing, session: echo });
      const client = await GuideClient.open(gateway.url);
      for (const asked of [0, 1]) {
        client.tcp.write(guideFrame(asked, '{"mcp_payload":{}}'));
        expect(await client.next()).toMatchObject({ type });
      }
    }
  });

  test("a ping is answered with a pong that echoes it", async () => {
    const gateway = await start({ transport: "tcp", session: echo });
    const client = await GuideClient.open(gateway.url);
    client.tcp.write(guideFrame(2, "12345678"));
    client.tcp.write(guideFrame(2, ""));
    expect(await client.next()).toEqual({ type: 3, payload: Buffer.from("12345678") });
    expect(await client.next()).toEqual({ type: 3, payload: Buffer.alloc(0) });
  });

  test("the gateway closes with a frame whose text is code and reason", async () => {
    const gateway = await start({ transport: "tcp", session: echo });
    const client = await GuideClient.open(gateway.url);
    await client.request(ping);
    const closed = gateway.next("sessionClosed");
    gateway.dropConnections({ code: 1013, reason: "later" });
    expect(await client.next()).toEqual({ type: CLOSE, payload: Buffer.from("1013 later") });
    expect(await client.tcp.ended).toBe("end");
    expect(await closed).toMatchObject({ code: 1013, reason: "later" });
  });

  test("a normal close says only why, and a termination nothing", async () => {
    const gateway = await start({
      transport: "tcp",
      session: (session) => ({
        receive(payload) {
          if (payload.includes("bye")) session.close(1000, "done");
          else session.terminate();
        },
      }),
    });
    const polite = await GuideClient.open(gateway.url);
    polite.send({ method: "bye" });
    expect(await polite.next()).toEqual({ type: CLOSE, payload: Buffer.from("done") });
    const rude = await GuideClient.open(gateway.url);
    rude.send({ method: "crash" });
    await rude.tcp.ended;
    expect(rude.tcp.text).toBe("");
  });

  test.each([
    ["bye", 1000, "bye"],
    ["1001 going away", 1001, "going away"],
    ["", 1000, ""],
  ])("a client that closes with the text %j has ended with %i", async (text, code, reason) => {
    const gateway = await start({ transport: "tcp", session: echo });
    const client = await GuideClient.open(gateway.url);
    const closed = gateway.next("sessionClosed");
    client.tcp.write(Buffer.concat([guideFrame(CLOSE, text), guideFrame(0, '{"mcp_payload":{}}')]));
    expect(await client.tcp.ended).toBe("end");
    expect(client.tcp.text).toBe("");
    expect(await closed).toMatchObject({ code, reason });
  });

  test("a client that ends without a goodbye is lost, in the middle of a frame or not", async () => {
    const gateway = await start({ transport: "tcp", session: echo });
    for (const [bytes, reason] of [
      ["", ""],
      ["MC\0\0", "the client ended in the middle of a frame"],
    ] as const) {
      const client = await TcpClient.open(gateway.url);
      const closed = gateway.next("sessionClosed");
      client.socket.end(bytes);
      expect(await client.ended).toBe("end");
      expect(await closed).toMatchObject({ code: 1006, reason });
    }
  });

  test.each([
    ["HTTP", "GET / HTTP/1.1\r\n\r\n", 1002, "expected a frame that begins with 4d43, received 474554202f"],
    ["another layout", "MCPB", 1002, "there is no frame type 80"],
    ["a message over the limit", "MC\0\0\x04\0", 1009, "a frame of 1024 bytes is over the limit of 1000"],
  ])("%s is an error and the end of the connection", async (_name, bytes, code, message) => {
    const log: LogEntry[] = [];
    const gateway = await start({
      transport: "tcp",
      session: echo,
      maxMessageBytes: 1000,
      log: (entry) => log.push(entry),
    });
    const client = await GuideClient.open(gateway.url);
    const closed = gateway.next("sessionClosed");
    client.tcp.write(Buffer.concat([guideFrame(0, '{"mcp_payload":{}}'), Buffer.from(bytes, "latin1")]));
    expect(await client.next()).toMatchObject({ type: 0 });
    const error = await client.next();
    expect(error.type).toBe(ERROR);
    expect(JSON.parse(error.payload.toString())).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining(message),
    });
    const { type, payload } = await client.next();
    expect([type, payload.toString()]).toEqual([CLOSE, expect.stringContaining(`${code} ${message}`)]);
    expect(await client.tcp.ended).toBe("end");
    expect(await closed).toMatchObject({ code });
    expect(log.some((entry) => entry.level === "warn" && entry.message.includes(message))).toBe(true);
  });

  test("a client that never ends its side cannot keep the gateway from closing", async () => {
    const gateway = await start({ transport: "tcp", session: echo });
    const client = await GuideClient.open(gateway.url);
    client.tcp.socket.allowHalfOpen = true;
    await client.request(ping);
    await gateway.close();
    expect(gateway.sessions()).toHaveLength(0);
  });

  test("raw frames and raw bytes can be sent", async () => {
    const gateway = await start({
      transport: "tcp",
      session: (session) => ({
        receive() {
          session.sendFrame("no JSON");
          session.sendBytes(Buffer.from("MCjunk"));
        },
      }),
    });
    const client = await GuideClient.open(gateway.url);
    client.send(ping);
    expect(await client.next()).toEqual({ type: 0, payload: Buffer.from("no JSON") });
    expect((await client.tcp.take(6)).toString()).toBe("MCjunk");
  });

  test("a message that is too large for the client's frames is an error in the log, and the session goes on", async () => {
    const log: LogEntry[] = [];
    const gateway = await start({
      transport: "tcp",
      log: (entry) => log.push(entry),
      session: (session) => ({
        receive() {
          session.send(Buffer.alloc(16 * 1024 * 1024, " "));
          session.send("{}");
        },
      }),
    });
    const client = await GuideClient.open(gateway.url);
    expect(await client.request(ping)).toEqual({});
    expect(log).toContainEqual({ level: "error", message: expect.stringContaining("too many for a frame") });
    client.tcp.write(guideFrame(2, ""));
    expect(await client.next()).toMatchObject({ type: 3 });
    client.send(ping);
    const large = await client.next();
    expect([large.type, large.payload.length > 16 * 1024 * 1024]).toEqual([1, true]);
  });

  test("a server is told when the client is behind, and when it is not any more", async () => {
    const told: string[] = [];
    let caughtUp = (): void => {};
    const drained = new Promise<void>((resolve) => {
      caughtUp = resolve;
    });
    const gateway = await start({
      transport: "tcp",
      session: (session) => ({
        receive() {
          for (let sent = 0; sent < 30; sent += 1) told.push(String(session.send(Buffer.alloc(1024 * 1024, " "))));
        },
        drained: () => caughtUp(),
      }),
    });
    const client = await GuideClient.open(gateway.url);
    const asked = gateway.next("sent");
    client.tcp.socket.pause();
    client.send(ping);
    await asked;
    await expect.poll(() => told.length).toBe(30);
    expect(told.at(-1)).toBe("false");
    client.tcp.socket.resume();
    await drained;
  });
});
