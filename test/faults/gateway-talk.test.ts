import { describe, expect, it } from "vitest";

import type { Asked } from "../support/test-gateway.ts";
import { type FaultRig, startFaultRig } from "./support/fault-rig.ts";
import { EACH_ROW, MATRIX } from "./support/transports.ts";

function progress({ session }: Asked, token: string, ...values: readonly number[]): void {
  for (const value of values) {
    const params = { progressToken: token, progress: value };
    session.send(JSON.stringify({ jsonrpc: "2.0", method: "notifications/progress", params }));
  }
}

function seen({ client }: FaultRig): readonly unknown[] {
  return client.notifications.items.map(({ params }) => params["progress"]);
}

const DISCOVERED =
  '{"supportedVersions":["2026-07-28"],"capabilities":{},"serverInfo":{"name":"modern","version":"1"}}';

describe.each(MATRIX)(EACH_ROW, (row) => {
  it("progress that goes back is dropped", async () => {
    const rig = await startFaultRig(row, {
      answers: {
        "tools/call": (asked) => {
          progress(asked, "p", 1, 3, 2, 4);
          asked.result(JSON.stringify({ nonce: asked.params["nonce"] }));
        },
      },
    });
    await rig.client.initialize();
    await rig.call("tools/call", { _meta: { progressToken: "p" } });
    expect(seen(rig)).toEqual([1, 3, 4]);
    await rig.client.finish();
  });

  it("progress of a list that is asked a second time goes on where the first left off", async () => {
    const rig = await startFaultRig(row, {
      answers: {
        "tools/list": (asked) => {
          if (asked.connection === 1) {
            progress(asked, "p", 1, 2);
            return;
          }
          progress(asked, "p", 1, 2, 3);
          asked.result(JSON.stringify({ nonce: asked.params["nonce"] }));
        },
      },
    });
    await rig.client.initialize();
    const reply = rig.call("tools/list", { _meta: { progressToken: "p" } });
    while ((await rig.client.notifications.next()).params["progress"] !== 2);
    rig.proxy.cutAll("reset");
    expect((await reply).result).toBeDefined();
    expect(seen(rig)).toEqual([3]);
    await rig.client.finish();
    expect(rig.ledger.violations()).toEqual([]);
  });

  it("a ping of the gateway reaches the client once, and its reply the connection that asked", async () => {
    const rig = await startFaultRig(row, {
      answers: {
        "test/ask": ({ session, result, params }) => {
          session.send('{"jsonrpc":"2.0","id":"gateway-ping","method":"ping"}');
          result(JSON.stringify({ nonce: params["nonce"] }));
        },
      },
    });
    await rig.client.initialize();
    const arrived = rig.test.gateway.next("received", ({ payload }) => payload?.includes('"result"') === true);
    await rig.call("test/ask");
    const ping = await rig.client.requests.next();
    expect(ping.method).toBe("ping");
    rig.client.answer(ping, {});
    const { payload, sessionId } = await arrived;
    expect([payload?.toString(), sessionId]).toEqual(['{"jsonrpc":"2.0","id":"gateway-ping","result":{}}', "s1"]);
    await rig.recovered();
    expect(rig.client.requests.items).toEqual([]);
    await rig.client.finish();
  });

  it("a request of the gateway in a session without handshake does not reach the client, and the gateway is told", async () => {
    const rig = await startFaultRig(row, {
      answers: {
        "server/discover": ({ result }) => result(DISCOVERED),
        "test/ask": ({ session, result, params }) => {
          session.send('{"jsonrpc":"2.0","id":7,"method":"roots/list"}');
          result(JSON.stringify({ nonce: params["nonce"] }));
        },
      },
    });
    await rig.client.request("server/discover", {
      _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28" },
    });
    const told = rig.test.gateway.next("received", ({ payload }) => payload?.includes('"id":7,') === true);
    expect((await rig.call("test/ask")).result).toBeDefined();
    expect((await told).payload?.toString()).toContain("-32601");
    await rig.recovered();
    expect(rig.client.requests.items).toEqual([]);
    await rig.client.finish();
  });
});
