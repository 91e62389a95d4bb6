import { expect, test } from "vitest";

import { CountingServer } from "../testing/counting-server.ts";
import { EnvelopeClient } from "../testing/envelope-client.ts";
import { start } from "../testing/started-gateways.ts";

test.each([[0], [5]])(
  "an answer is sent again after %i ms, byte for byte, and the ledger has both",
  async (afterMs) => {
    const gateway = await start({ session: new CountingServer().session, faults: [{ fault: "twice", afterMs }] });
    const client = await EnvelopeClient.open(gateway.url);
    await client.request({ id: 1, method: "x" });
    await client.next();
    expect(client.frames[1]).toBe(client.frames[0]);
    expect(gateway.sessions()).toMatchObject([{ sent: 2 }]);
  },
);

test("which answers are given twice is the same for the same seed", async () => {
  const hits: string[][] = [];
  for (const seed of [1, 1, 2]) {
    const gateway = await start({
      session: new CountingServer().session,
      seed,
      faults: [{ fault: "twice", chance: 0.5 }],
    });
    const details: string[] = [];
    gateway.on("faulted", ({ detail }) => details.push(detail));
    const client = await EnvelopeClient.open(gateway.url);
    for (let id = 0; id < 20; id += 1) await client.request({ id, method: "x" });
    hits.push(details);
  }
  expect(hits[1]).toEqual(hits[0]);
  expect(hits[2]).not.toEqual(hits[0]);
});
