import { randomBytes } from "node:crypto";
import { once } from "node:events";

import { expect, it, onTestFinished } from "vitest";

import { deadPort, dial } from "../testing/peer.ts";
import { startProxiedPair } from "../testing/proxied-pair.ts";
import { startFaultProxy } from "./start-fault-proxy.ts";

const MEBIBYTE = 1024 * 1024;

it("bytes pass both ways as they are, and goodbyes one side at a time", async () => {
  const { proxy, open } = await startProxiedPair();
  const { client, target } = await open();
  client.write("to the target");
  await target.got(13);
  client.socket.end();
  await once(target.socket, "end");
  await client.ended;
  expect([target.text, client.text, await target.ended]).toEqual(["to the target", "", "end"]);
  expect(proxy.connections).toBe(1);
});

it("a target that answers after the client's goodbye is heard", async () => {
  const { open } = await startProxiedPair();
  const { client, target } = await open();
  target.socket.allowHalfOpen = true;
  client.socket.allowHalfOpen = true;
  client.socket.end("question");
  await once(target.socket, "end");
  target.socket.end("answer");
  await client.ended;
  expect([target.text, client.text]).toEqual(["question", "answer"]);
});

it("a reset of one side reaches the other as a reset", async () => {
  const { proxy, open } = await startProxiedPair();
  const { client, target } = await open();
  client.write("x");
  await target.got(1);
  const closed = proxy.next("closed");
  client.socket.resetAndDestroy();
  expect(await target.ended).toBe("ECONNRESET");
  expect(await closed).toEqual({ connection: 1, cut: "reset" });
});

it("a target that is not there resets the client", async () => {
  const proxy = await startFaultProxy({ target: { host: "127.0.0.1", port: await deadPort() } });
  onTestFinished(() => proxy.close());
  const closed = proxy.next("closed");
  expect(await dial(proxy.port).ended).toBe("ECONNRESET");
  expect(await closed).toEqual({ connection: 1, cut: "reset" });
});

it.each([
  ["reset", "ECONNRESET"],
  ["end", "end"],
] as const)("cutAll(%j) ends every connection, and both sides see %s", async (how, seen) => {
  const { proxy, open } = await startProxiedPair();
  const pairs = [await open(), await open()];
  const closed = [1, 2].map((number) => proxy.next("closed", ({ connection }) => connection === number));
  proxy.cutAll(how);
  for (const { client, target } of pairs) {
    expect(await client.ended).toBe(seen);
    expect(await target.ended).toBe(seen);
  }
  expect(await Promise.all(closed)).toEqual([1, 2].map((connection) => ({ connection, cut: how })));
  const { client, target } = await open();
  client.write("goes on");
  await target.got(7);
});

it("a disabled proxy refuses connections and has reset the old ones; enabled again it is at the same port", async () => {
  const { proxy, open } = await startProxiedPair();
  const { port } = proxy;
  const { client, target } = await open();
  await proxy.disable();
  expect([await client.ended, await target.ended]).toEqual(["ECONNRESET", "ECONNRESET"]);
  expect(await dial(port).ended).toBe("ECONNREFUSED");
  await proxy.enable();
  const again = await open();
  again.client.write("back");
  await again.target.got(4);
  expect([proxy.port, proxy.connections]).toEqual([port, 2]);
});

it("events tell of connections until the listener is taken off", async () => {
  const { proxy, open } = await startProxiedPair();
  const seen: number[] = [];
  const stop = proxy.on("connected", ({ connection }) => seen.push(connection));
  const second = proxy.next("connected", ({ connection }) => connection === 2);
  await open();
  await open();
  stop();
  await open();
  expect(await second).toEqual({ connection: 2 });
  expect(seen).toEqual([1, 2]);
});

it("an address keeps everything but its port", async () => {
  const { proxy } = await startProxiedPair();
  expect(proxy.url("ws://user@localhost:1/mcp?a=b")).toBe(`ws://user@localhost:${proxy.port}/mcp?a=b`);
});

it("a side that does not read stops the other side, and nothing is lost", async () => {
  const { open } = await startProxiedPair({ bufferBytes: 65_536 });
  const { client, target } = await open();
  target.socket.pause();
  const bytes = randomBytes(64 * MEBIBYTE);
  for (let start = 0; start < bytes.length; start += MEBIBYTE) client.write(bytes.subarray(start, start + MEBIBYTE));
  client.socket.end();
  // The system takes some for its own buffers. What the proxy takes beyond is bounded, so the writer gets stuck.
  for (let before = -1; client.socket.writableLength !== before;) {
    before = client.socket.writableLength;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(client.socket.writableLength).toBeGreaterThan(24 * MEBIBYTE);
  target.socket.resume();
  await once(target.socket, "end");
  expect(target.received.equals(bytes)).toBe(true);
});
