import { describe, expect, test } from "vitest";

import { CountingServer } from "../testing/counting-server.ts";
import { echo, ping } from "../testing/echo.ts";
import { GuideClient } from "../testing/guide-client.ts";
import { start } from "../testing/started-gateways.ts";
import { TcpClient } from "../testing/tcp-client.ts";

describe("the layouts of the existing gateway", () => {
  const hello = '{"min_version":1,"max_version":1,"preferred_version":1,"supported_versions":[1]}';

  function frame(type: number, payload: string): string {
    return `MCPB\0\x01\0${String.fromCharCode(type)}\0\0\0${String.fromCharCode(payload.length)}${payload}`;
  }

  test("begin with a negotiation, and tell answers from what the server says by itself", async () => {
    const gateway = await start({
      transport: "tcp",
      framing: "mcpb",
      wire: "json-rpc",
      session: (session) => {
        session.send('{"jsonrpc":"2.0","method":"news"}');
        return { receive: () => session.send('{"jsonrpc":"2.0","id":1,"result":{}}') };
      },
    });
    const client = await TcpClient.open(gateway.url);
    const opened = gateway.next("sessionOpened");
    client.write(frame(6, hello));
    await opened;
    const news = frame(1, '{"jsonrpc":"2.0","method":"news"}');
    const greeting = frame(7, '{"agreed_version":1}') + news;
    expect((await client.take(greeting.length)).toString("latin1")).toBe(greeting);
    client.write(frame(4, "") + frame(1, '{"jsonrpc":"2.0","id":1,"method":"x"}'));
    const answers = frame(4, "") + frame(2, '{"jsonrpc":"2.0","id":1,"result":{}}');
    expect((await client.take(answers.length)).toString("latin1")).toBe(answers);
    const closed = gateway.next("sessionClosed");
    client.socket.end();
    expect(await closed).toMatchObject({ code: 1000 });
  });

  test("take nothing before the negotiation, and no second one", async () => {
    const gateway = await start({ transport: "tcp", framing: "mcpb", session: echo });
    const hasty = await TcpClient.open(gateway.url);
    hasty.write(frame(1, "{}"));
    expect(await hasty.ended).toBe("end");
    expect(hasty.text).toBe(frame(5, "the version negotiation must come first"));
    expect(gateway.sessions()).toHaveLength(0);
    const insistent = await TcpClient.open(gateway.url);
    insistent.write(frame(6, hello) + frame(6, hello));
    expect(await insistent.ended).toBe("end");
    expect(insistent.text).toContain("was negotiated already");
  });

  test("have no goodbye: why the gateway closes is an error frame", async () => {
    const gateway = await start({ transport: "tcp", framing: "mcpb", session: echo });
    const client = await TcpClient.open(gateway.url);
    client.write(frame(6, hello));
    await gateway.next("sessionOpened");
    await client.take(frame(7, '{"agreed_version":1}').length);
    gateway.dropConnections({ reason: "restart" });
    expect(await client.ended).toBe("end");
    expect(client.text).toBe(frame(5, "1012 restart"));
  });

  test("a client that never says hello does not keep the gateway from closing", async () => {
    const gateway = await start({ transport: "tcp", framing: "mcpb", session: echo });
    const client = await TcpClient.open(gateway.url);
    await gateway.close();
    await client.ended;
  });
});

test("bare messages come on lines unless told otherwise", async () => {
  const gateway = await start({ transport: "tcp", wire: "json-rpc", session: new CountingServer().session });
  const client = await TcpClient.open(gateway.url);
  client.write('\r\n{"jsonrpc":"2.0","id":1,"method":"x"}\r\n');
  const answer = '{"jsonrpc":"2.0","id":1,"result":{"server":1,"method":"x"}}\n';
  expect((await client.take(answer.length)).toString()).toBe(answer);
  const closed = gateway.next("sessionClosed");
  client.socket.end();
  expect(await closed).toMatchObject({ code: 1000 });
});

test("a token is asked of every message, for there is no upgrade that has shown one", async () => {
  const gateway = await start({ transport: "tcp", token: "good", session: echo });
  const client = await GuideClient.open(gateway.url);
  expect(await client.request(ping)).toMatchObject({ correlation_id: "e1", error: { code: "UNAUTHORIZED" } });
  client.send(ping, { auth_token: "bad" });
  expect(await client.nextMessage()).toMatchObject({ error: { code: "UNAUTHORIZED" } });
  client.send(ping, { auth_token: "good" });
  expect(await client.nextMessage()).toMatchObject({ result: {} });
});
