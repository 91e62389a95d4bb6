import { once } from "node:events";

import { describe, expect, it } from "vitest";

import { lineFrames } from "../testing/line-frames.ts";
import { startProxiedPair } from "../testing/proxied-pair.ts";

const HOUR = 3_600_000;

async function elapsed(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work;
  return performance.now() - startedAt;
}

describe("latency", () => {
  it("delays its own direction only", async () => {
    const { proxy, open } = await startProxiedPair();
    proxy.addToxic({ type: "latency", stream: "upstream", latency: 60 });
    const { client, target } = await open();
    target.write("at once");
    await client.got(7);
    client.write("late");
    expect(await elapsed(target.got(4))).toBeGreaterThan(50);
  });

  it("delays what is sent together together", async () => {
    const { proxy, open } = await startProxiedPair();
    proxy.addToxic({ type: "latency", stream: "upstream", latency: 100, jitter: 20 });
    const { client, target } = await open();
    const sending = async (): Promise<void> => {
      for (let n = 0; n < 50; n++) {
        client.write("x".repeat(100));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await target.got(5000);
    };
    // One after the other they would need five seconds.
    expect(await elapsed(sending())).toBeLessThan(2500);
  });

  it("can be changed and removed while bytes wait for it", async () => {
    const { proxy, open } = await startProxiedPair({ frames: lineFrames });
    const latency = proxy.addToxic({ type: "latency", stream: "upstream", latency: HOUR });
    const { client, target } = await open();
    const arrived = proxy.next("frame");
    client.write("changed\n");
    await arrived;
    latency.update({ latency: 1 });
    await target.got(8);
    latency.update({ latency: HOUR });
    const arrivedToo = proxy.next("frame");
    client.write("removed\n");
    await arrivedToo;
    latency.remove();
    await target.got(16);
    expect(target.text).toBe("changed\nremoved\n");
  });
});

describe("bandwidth", () => {
  it("lets so many thousand bytes pass in a second", async () => {
    const { proxy, open } = await startProxiedPair();
    proxy.addToxic({ type: "bandwidth", stream: "downstream", rate: 200 });
    const { client, target } = await open();
    target.write(Buffer.alloc(40_000));
    expect(await elapsed(client.got(40_000))).toBeGreaterThan(180);
    expect(client.pieces.length).toBeGreaterThan(1);
  });

  it("lets the rest pass at once when it is removed", async () => {
    const { proxy, open } = await startProxiedPair({ frames: lineFrames });
    const bandwidth = proxy.addToxic({ type: "bandwidth", stream: "downstream", rate: 0.001 });
    const { client, target } = await open();
    const arrived = proxy.next("frame");
    target.write("a byte a second.\n");
    await arrived;
    bandwidth.remove();
    await client.got(17);
  });
});

describe("slow_close", () => {
  it("delays the goodbye, not the bytes", async () => {
    const { proxy, open } = await startProxiedPair();
    proxy.addToxic({ type: "slow_close", stream: "upstream", delay: 60 });
    const { client, target } = await open();
    client.socket.end("last words");
    await target.got(10);
    expect(await elapsed(once(target.socket, "end"))).toBeGreaterThan(40);
  });
});

describe("timeout", () => {
  it("of 0 is a black hole, out of which everything comes when it is removed", async () => {
    const { proxy, open } = await startProxiedPair();
    const { client, target } = await open();
    client.write("before");
    await target.got(6);
    const hole = proxy.addToxic({ type: "timeout", stream: "upstream", timeout: 0 });
    client.socket.end(", inside");
    target.write("the other direction lives");
    await client.got(25);
    expect(target.text).toBe("before");
    hole.remove();
    await once(target.socket, "end");
    expect(target.text).toBe("before, inside");
  });

  it("closes the connection after its time, whether anything was sent or not", async () => {
    const { proxy, open } = await startProxiedPair();
    const { client, target } = await open();
    proxy.addToxic({ type: "timeout", stream: "upstream", timeout: 60 });
    expect(await elapsed(client.ended)).toBeGreaterThan(50);
    expect([await client.ended, await target.ended]).toEqual(["end", "end"]);
  });

  it("can be changed from for ever to now", async () => {
    const { proxy, open } = await startProxiedPair();
    const hole = proxy.addToxic({ type: "timeout", stream: "downstream", timeout: 0 });
    const { client, target } = await open();
    target.write("lost");
    hole.update({ timeout: 1 });
    await client.ended;
    expect(client.text).toBe("");
  });
});

it("reset_peer resets both sides after its time", async () => {
  const { proxy, open } = await startProxiedPair();
  proxy.addToxic({ type: "reset_peer", stream: "downstream", timeout: 30 });
  const { client, target } = await open();
  target.write("lost");
  expect([await client.ended, await target.ended]).toEqual(["ECONNRESET", "ECONNRESET"]);
  expect(client.text).toBe("");
});

it("slicer cuts into slices of the size asked for", async () => {
  const { proxy, open } = await startProxiedPair();
  proxy.addToxic({ type: "slicer", stream: "upstream", average_size: 10, size_variation: 4, delay: 1 });
  const { client, target } = await open();
  const text = "0123456789".repeat(20);
  client.write(text);
  await target.got(200);
  expect(target.text).toBe(text);
  const lengths = target.pieces.slice(0, -1).map(({ length }) => length);
  expect(lengths.length).toBeGreaterThan(5);
  expect(Math.min(...lengths)).toBeGreaterThanOrEqual(6);
});

it("limit_data closes when so many bytes have passed", async () => {
  const { proxy, open } = await startProxiedPair();
  proxy.addToxic({ type: "limit_data", stream: "downstream", bytes: 10 });
  const { client, target } = await open();
  target.write("0123");
  await client.got(4);
  target.write("456789 and more");
  expect([await client.ended, client.text]).toEqual(["end", "0123456789"]);
});

describe("toxicity", () => {
  async function poisoned(seed: number): Promise<readonly boolean[]> {
    const { proxy, open } = await startProxiedPair({ seed });
    proxy.addToxic({ type: "limit_data", stream: "downstream", bytes: 1, toxicity: 0.5 });
    const fates: boolean[] = [];
    for (let connection = 0; connection < 20; connection++) {
      const { client, target } = await open();
      target.write("ab");
      await Promise.race([client.got(2), client.ended]);
      fates.push(client.text === "a");
    }
    return fates;
  }

  it("poisons its share of the connections, the same ones for the same seed", async () => {
    const fates = await poisoned(3);
    expect(fates.filter(Boolean).length).toBeGreaterThan(4);
    expect(fates.filter(Boolean).length).toBeLessThan(16);
    expect(await poisoned(3)).toEqual(fates);
    expect(await poisoned(4)).not.toEqual(fates);
  });
});

it("several toxics work in the order in which they were added", async () => {
  const { proxy, open } = await startProxiedPair();
  const hole = proxy.addToxic({ type: "timeout", stream: "upstream", timeout: 0 });
  proxy.addToxic({ type: "limit_data", stream: "upstream", bytes: 3 });
  const { client, target } = await open();
  client.write("abcdef");
  hole.remove();
  await target.ended;
  expect(target.text).toBe("abc");
});

it.each([
  [{ type: "latency", stream: "upstream", latency: -1 }, "Expected latency of latency to be a number from 0"],
  [{ type: "bandwidth", stream: "upstream", rate: 0 }, "Expected rate of bandwidth"],
  [{ type: "timeout", stream: "upstream", timeout: Number.POSITIVE_INFINITY }, "Expected timeout of timeout"],
  [{ type: "limit_data", stream: "upstream", bytes: 1, toxicity: 2 }, "Expected toxicity of limit_data"],
] as const)("%j makes no sense and is refused", async (toxic, message) => {
  const { proxy } = await startProxiedPair();
  expect(() => proxy.addToxic(toxic)).toThrow(message);
});
