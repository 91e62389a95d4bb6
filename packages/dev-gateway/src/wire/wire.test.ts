import { describe, expect, test } from "vitest";

import { echo, ping } from "../testing/echo.ts";
import { EnvelopeClient } from "../testing/envelope-client.ts";
import { start } from "../testing/started-gateways.ts";

describe("an envelope", () => {
  test("may be nothing but a payload", async () => {
    const gateway = await start({ session: echo });
    const client = await EnvelopeClient.open(gateway.url);
    client.socket.send(`{"mcp_payload":${JSON.stringify(ping)}}`);
    expect(await client.next()).toMatchObject({ mcp_payload: { result: { got: ping } } });
  });

  test("may come in a binary frame", async () => {
    const gateway = await start({ session: echo });
    const client = await EnvelopeClient.open(gateway.url);
    client.socket.send(Buffer.from(`{"mcp_payload":${JSON.stringify(ping)}}`), { binary: true });
    expect(await client.next()).toMatchObject({ mcp_payload: { result: { got: ping } } });
  });

  test.each([
    ["text that is not JSON", "hello"],
    ["an array", "[]"],
    ["a bare JSON-RPC message", JSON.stringify(ping)],
    ["a batch as payload", '{"mcp_payload":[]}'],
    ["a metadata string", '{"metadata":"x","mcp_payload":{}}'],
    ["a numeric id", '{"id":1,"mcp_payload":{}}'],
    ["a timestamp that is no date", '{"timestamp":"yesterday-ish","mcp_payload":{}}'],
  ])("that is %s is answered with INVALID_REQUEST, and the session goes on", async (_name, text) => {
    const gateway = await start({ session: echo });
    const client = await EnvelopeClient.open(gateway.url);
    client.socket.send(text);
    expect(await client.next()).toMatchObject({
      error: { code: "INVALID_REQUEST", details: {} },
    });
    client.send(ping);
    expect(await client.next()).toHaveProperty("mcp_payload");
  });

  test("that is not UTF-8 is answered with INVALID_REQUEST", async () => {
    const gateway = await start({ session: echo });
    const client = await EnvelopeClient.open(gateway.url);
    client.socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: true });
    expect(await client.next()).toMatchObject({
      error: { code: "INVALID_REQUEST", message: expect.stringMatching(/UTF-8/) },
    });
  });

  test("for an unknown namespace is served by default and answered with NOT_FOUND where that is asked for", async () => {
    const open = await start({ session: echo });
    const first = await EnvelopeClient.open(open.url);
    first.send(ping, { target_namespace: "nowhere" });
    expect(await first.next()).toHaveProperty("mcp_payload");
    expect(open.sessions()[0]?.namespaces).toEqual(["nowhere"]);

    const strict = await start({
      session: echo,
      rejectUnknownNamespace: true,
      namespaces: ["k8s"],
    });
    const second = await EnvelopeClient.open(strict.url);
    const id = second.send(ping, { target_namespace: "nowhere" });
    expect(await second.next()).toMatchObject({ correlation_id: id, error: { code: "NOT_FOUND" } });
    for (const namespace of ["k8s", "tools", "system"]) {
      second.send(ping, { target_namespace: namespace });
      expect(await second.next()).toHaveProperty("mcp_payload");
    }
  });
});

describe("the json-rpc wire", () => {
  test("carries bare messages both ways", async () => {
    const gateway = await start({
      session: echo,
      wire: "json-rpc",
      token: "good",
      messageAuth: "required",
    });
    const client = await EnvelopeClient.open(gateway.url, "good");
    client.socket.send(JSON.stringify(ping));
    expect(await client.next()).toEqual({ jsonrpc: "2.0", id: 1, result: { got: ping } });
  });

  test("answers an envelope with a JSON-RPC error", async () => {
    const gateway = await start({ session: echo, wire: "json-rpc" });
    const client = await EnvelopeClient.open(gateway.url);
    client.send(ping);
    expect(await client.next()).toMatchObject({ id: null, error: { code: -32600 } });
  });
});
