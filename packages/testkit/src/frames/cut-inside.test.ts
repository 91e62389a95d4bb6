import { expect, it } from "vitest";

import { lineFrames } from "../testing/line-frames.ts";
import { startProxiedPair } from "../testing/proxied-pair.ts";

it("a protocol of one's own is taken, and a cut inside leaves a part of the frame with the peer", async () => {
  const { proxy, open } = await startProxiedPair({ frames: lineFrames });
  proxy.onFrame({ stream: "upstream", matches: ({ payload }) => payload.includes("cut"), do: "cut_inside" });
  const { client, target } = await open();
  client.write("whole\nis cut some");
  client.write("where\nnever\n");
  await target.ended;
  expect(target.text).toMatch(/^whole\n./);
  expect("whole\nis cut somewhere".startsWith(target.text)).toBe(true);
});

it("where a frame is cut depends on the seed", async () => {
  const cut = async (seed: number): Promise<string> => {
    const { proxy, open } = await startProxiedPair({ frames: lineFrames, seed });
    proxy.onFrame({ stream: "upstream", do: "cut_inside" });
    const { client, target } = await open();
    client.write(`${"x".repeat(200)}\n`);
    await target.ended;
    return target.text;
  };
  expect(await cut(1)).toBe(await cut(1));
  expect(await cut(1)).not.toBe(await cut(2));
});

it("what is no whole frame when the sender says goodbye passes all the same", async () => {
  const { open } = await startProxiedPair({ frames: lineFrames });
  const { client, target } = await open();
  client.socket.end("whole\nhalf");
  await target.ended;
  expect(target.text).toBe("whole\nhalf");
});
