import { once } from "node:events";
import { createServer } from "node:net";

import { describe, expect, it } from "vitest";

import { ParanoidClient } from "../support/paranoid-client.ts";
import { untilTestEnds } from "../support/scope.ts";
import { spawnRouter } from "../support/spawn-router.ts";
import type { Asked } from "../support/test-gateway.ts";
import { type FaultRig, startFaultRig } from "./support/fault-rig.ts";
import { EACH_ROW, MATRIX } from "./support/transports.ts";

const MEBIBYTE = 1024 * 1024;
const linux = process.platform === "linux";
const DATA = 1;
const PING = 2;

/** Bytes that are written as hexadecimal digits. */
function hex(digits: string): Buffer {
  return Buffer.from(digits.replaceAll(" ", ""), "hex");
}

/** A frame with a type, and any length that it claims. */
function frame(type: number, payload: Buffer, claimed = payload.length): Buffer {
  const head = hex("4d43 00 00000000");
  head.writeUInt8(type, 2);
  head.writeUInt32BE(claimed, 3);
  return Buffer.concat([head, payload]);
}

const bytes =
  (broken: Buffer) =>
  ({ session }: Asked): void =>
    session.sendBytes(broken);

type Broken = { readonly [name: string]: (asked: Asked) => void };

/** What ends a connection of framed TCP, whatever the layout. */
const FATAL: Broken = {
  "four bytes of anything": bytes(hex("deadbeef")),
  "the answer of an HTTP server": bytes(Buffer.from("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")),
  "a message over the limit": ({ result }) => result(`{"t":"${"x".repeat(4 * MEBIBYTE)}"}`),
  "an end in the middle of a head": ({ session }) => {
    session.sendBytes(hex("4d43"));
    session.terminate();
  },
  "text that is not UTF-8": ({ session }) => session.sendFrame(hex("c328")),
};

const FATAL_GUIDE: Broken = {
  "the magic of another layout": bytes(hex("4d435042 0001 0002 00000002 7b7d")),
  "a type that does not exist": bytes(frame(6, Buffer.alloc(0))),
  "a frame of nothing": bytes(hex("4d43 00000000")),
  // Less would be gathered by the proxy.
  "a head that claims 65 MiB": bytes(frame(DATA, Buffer.from("{"), 65 * MEBIBYTE)),
  "a head that claims 4 GiB": bytes(frame(DATA, Buffer.from("{"), 0xffff_ffff)),
  "a ping of 64 KiB": bytes(frame(PING, Buffer.alloc(65_536))),
};

const FATAL_MCPB: Broken = {
  "the magic of another layout": bytes(hex("4d435000 0001 0002 00000000 00000002 7b7d")),
  "another version": bytes(hex("4d435042 0002 0002 00000002 7b7d")),
  "a type that does not exist": bytes(hex("4d435042 0001 0008 00000000")),
  "a response of nothing": bytes(hex("4d435042 0001 0002 00000000")),
  "a health check of 64 KiB": bytes(Buffer.concat([hex("4d435042 0001 0004 00010000"), Buffer.alloc(65_536)])),
};

/** What is too large is not asked for again: it would be as large. Anything else may be a mishap. */
const TOO_LARGE: ReadonlySet<string> = new Set([
  "a message over the limit",
  "a head that claims 65 MiB",
  "a head that claims 4 GiB",
]);

/** Frames are what is broken here. */
const TCP_MATRIX = MATRIX.flatMap((row) => {
  if (row.transport.name === "ws") return [];
  return [{ ...row, fatal: { ...FATAL, ...(row.transport.name === "tcp" ? FATAL_GUIDE : FATAL_MCPB) } }];
});

async function startSession(rig: FaultRig): Promise<number> {
  await rig.client.initialize();
  await rig.recovered();
  return linux ? rig.client.router.peakMemory() : 0;
}

async function finish(rig: FaultRig, memory: number): Promise<void> {
  if (linux) expect(rig.client.router.peakMemory() - memory).toBeLessThan(64 * MEBIBYTE);
  expect(await rig.client.finish()).toEqual({ exitCode: 0, signal: null });
  expect(rig.ledger.violations(), rig.ledger.print()).toEqual([]);
}

describe.each(TCP_MATRIX)(EACH_ROW, (row) => {
  it.each(Object.keys(row.fatal))(
    "%s costs the connection, little memory, and no second attempt of a call",
    async (name) => {
      let hits = 0;
      const hit = (asked: Asked): void => {
        hits++;
        row.fatal[name]?.(asked);
      };
      const rig = await startFaultRig(row, {
        // Every attempt of the read meets the same.
        answers: { "tools/call": hit, "resources/read": hit },
        config: { gateway: { connection: { max_message_bytes: 2 * MEBIBYTE } } },
      });
      const memory = await startSession(rig);
      expect((await rig.call("tools/call", { name: "pay" })).error).toMatchObject({
        code: -31002,
        data: { outcome: "unknown" },
      });
      expect([hits, rig.test.connections]).toEqual([1, 1]);
      hits = 0;
      const read = await rig.call("resources/read");
      expect(read.error).toMatchObject({ data: { outcome: "unknown" } });
      expect(hits).toBeLessThanOrEqual(TOO_LARGE.has(name) ? 1 : 3);
      await rig.recovered();
      expect(rig.test.connections).toBeGreaterThan(1);
      await finish(rig, memory);
    },
  );

  it("a flood of pings is answered or ends the connection, in bounded memory, and the session goes on", async () => {
    const ping = row.transport.name === "tcp" ? frame(PING, Buffer.alloc(8)) : hex("4d435042 0001 0004 00000000");
    const rig = await startFaultRig(row, {
      answers: {
        "tools/call": ({ session, result, params }) => {
          session.sendBytes(Buffer.concat(Array.from({ length: 100_000 }, () => ping)));
          result(JSON.stringify({ nonce: params["nonce"] }));
        },
      },
    });
    const memory = await startSession(rig);
    await rig.call("tools/call");
    await rig.recovered();
    await finish(rig, memory);
  });
});

interface Stranger {
  readonly speaks: string;
  readonly bytes: Buffer;
  readonly says: RegExp;
  readonly hint: RegExp;
}

/** What may listen on the port of a gateway that is not there. */
const STRANGERS: readonly Stranger[] = [
  {
    speaks: "HTTP",
    bytes: Buffer.from("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"),
    says: /the port answers with HTTP/,
    hint: /Use ws:\/\/ or wss:\/\/ in gateway\.url/,
  },
  {
    speaks: "another layout",
    bytes: hex("4d435042 0001 0005 00000002 6e6f"),
    says: /frames of the layout “mcpb”/,
    hint: /gateway\.framing: mcpb/,
  },
  {
    speaks: "something that nobody knows",
    bytes: hex("deadbeef"),
    says: /first bytes: de ad be ef/,
    hint: /Check gateway\.framing \(here “guide”\), and the port/,
  },
];

it.each(STRANGERS)(
  "a port that speaks $speaks: the client is told what and what to change, and the port is left in peace",
  async ({ bytes, says, hint }) => {
    let dials = 0;
    const stranger = createServer((socket) => {
      dials++;
      socket.on("error", () => {});
      socket.once("data", () => socket.end(bytes));
    }).listen(0, "127.0.0.1");
    untilTestEnds(() => stranger.close());
    await once(stranger, "listening");
    const address = stranger.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const client = new ParanoidClient(await spawnRouter({ url: `tcp://127.0.0.1:${port}` }));
    for (const ask of [() => client.initialize(), () => client.request("tools/list")]) {
      const { error } = await ask();
      expect(error?.message).toMatch(says);
      expect(error?.data["hint"]).toMatch(hint);
    }
    expect(dials).toBe(1);
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  },
);
