import { deflateRawSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import type { Asked } from "../support/test-gateway.ts";
import { startFaultRig } from "./support/fault-rig.ts";
import { EACH_ROW, MATRIX } from "./support/transports.ts";

const MEBIBYTE = 1024 * 1024;
const linux = process.platform === "linux";

/** A frame as a gateway writes it, with any first byte and any length that it claims. */
function frame(first: number, payload: Buffer, claimed = payload.length): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt8(first, 0);
  head.writeUInt8(127, 1);
  head.writeBigUInt64BE(BigInt(claimed), 2);
  return Buffer.concat([head, payload]);
}

const TEXT = 0x81;
const COMPRESSED = 0xc1;
const PING = 0x89;
const BOMB = deflateRawSync(Buffer.alloc(200 * MEBIBYTE));

/** What is too large is not asked for again: it would be as large. Anything else may be a mishap. */
const TOO_LARGE: ReadonlySet<string> = new Set(["a message over the limit", "a frame that claims four exbibytes"]);

/** What ends a WebSocket connection. */
const FATAL: { readonly [name: string]: (asked: Asked) => void } = {
  "a message over the limit": ({ result }) => result(`{"t":"${"x".repeat(4 * MEBIBYTE)}"}`),
  "a frame that claims four exbibytes": ({ session }) => session.sendBytes(frame(TEXT, Buffer.from("{"), 2 ** 62)),
  "200 MiB of nothing, compressed though nobody agreed to that": ({ session }) =>
    session.sendBytes(frame(COMPRESSED, BOMB)),
  "a control frame of 64 KiB": ({ session }) => session.sendBytes(frame(PING, Buffer.alloc(65_536))),
  "a frame with a mask": ({ session }) => session.sendBytes(Buffer.from([TEXT, 0x82, 1, 2, 3, 4, 0x7b ^ 1, 0x7d ^ 2])),
  "text that is not UTF-8": ({ session }) => session.sendBytes(Buffer.from([TEXT, 2, 0xc3, 0x28])),
  "20,000 fragments of nothing": ({ session }) => {
    session.sendBytes(Buffer.from([0x01, 1, 0x7b]));
    session.sendBytes(Buffer.alloc(2 * 20_000, Buffer.from([0x00, 0x00])));
  },
};

/** Frames are what is broken here. */
const WS_MATRIX = MATRIX.filter(({ transport }) => transport.name === "ws");

describe.each(WS_MATRIX)(EACH_ROW, (row) => {
  it.each(Object.keys(FATAL))(
    "%s costs the connection, little memory, and no second attempt of a call",
    async (name) => {
      let hits = 0;
      const hit = (asked: Asked): void => {
        hits++;
        FATAL[name]?.(asked);
      };
      const rig = await startFaultRig(row, {
        answers: {
          "tools/call": hit,
          // Every attempt meets the same.
          "resources/read": hit,
        },
        config: { gateway: { connection: { max_message_bytes: 2 * MEBIBYTE } } },
      });
      await rig.client.initialize();
      await rig.recovered();
      const memory = linux ? rig.client.router.peakMemory() : 0;
      expect((await rig.call("tools/call", { name: "pay" })).error).toMatchObject({
        code: -31002,
        data: { outcome: "unknown" },
      });
      expect(hits).toBe(1);
      hits = 0;
      expect((await rig.call("resources/read")).error).toMatchObject({ data: { outcome: "unknown" } });
      expect(hits).toBeLessThanOrEqual(TOO_LARGE.has(name) ? 1 : 3);
      await rig.recovered();
      if (linux) expect(rig.client.router.peakMemory() - memory).toBeLessThan(64 * MEBIBYTE);
      expect(await rig.client.finish()).toEqual({ exitCode: 0, signal: null });
      expect(rig.ledger.violations(), rig.ledger.print()).toEqual([]);
    },
  );

  it("a flood of pings is answered or ends the connection, in bounded memory, and the session goes on", async () => {
    const ping = Buffer.concat([Buffer.from([PING, 125]), Buffer.alloc(125)]);
    const rig = await startFaultRig(row, {
      answers: {
        "tools/call": ({ session, result, params }) => {
          session.sendBytes(Buffer.concat(Array.from({ length: 20_000 }, () => ping)));
          result(JSON.stringify({ nonce: params["nonce"] }));
        },
      },
    });
    await rig.client.initialize();
    await rig.recovered();
    const memory = linux ? rig.client.router.peakMemory() : 0;
    await rig.call("tools/call");
    await rig.recovered();
    if (linux) expect(rig.client.router.peakMemory() - memory).toBeLessThan(64 * MEBIBYTE);
    expect(await rig.client.finish()).toEqual({ exitCode: 0, signal: null });
    expect(rig.ledger.violations(), rig.ledger.print()).toEqual([]);
  });
});
