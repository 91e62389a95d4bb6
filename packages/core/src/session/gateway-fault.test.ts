import { describe, expect, it } from "vitest";
import type { CredentialDraft } from "../plugin/credential.ts";
import { Secret } from "../plugin/secret.ts";
import { SessionBench } from "../testing/session-bench.ts";

const call = (id: unknown) => ({ id, method: "tools/call", params: { name: "pay" } });

/** The gateway reports an error of its own on the transmission that was last. */
async function fault(
  bench: SessionBench,
  error: object,
  by: "correlation_id" | "id" = "correlation_id",
): Promise<void> {
  await bench.deliverRaw(JSON.stringify({ source: "gateway", [by]: bench.received.at(-1)?.envelope["id"], error }));
}

const numbered = () => {
  let count = 0;
  return (draft: CredentialDraft): void => {
    draft.bearer = new Secret(`token-${++count}`);
  };
};

describe("an error of the gateway itself", () => {
  it.each([
    ["FORBIDDEN", -31007, "not_executed"],
    ["NOT_FOUND", -31010, "not_executed"],
    ["INVALID_REQUEST", -31010, "not_executed"],
    ["INTERNAL_ERROR", -31010, "unknown"],
    ["SOMETHING_ELSE", -31010, "unknown"],
  ])("with code %s ends the request with %i, %s", async (code, number, outcome) => {
    const bench = new SessionBench();
    await bench.send(call(1));
    await fault(bench, { code, message: "no \u001b[2J", details: { retry_after: 7 } }, "id");
    expect(bench.errorOf(1)).toMatchObject({ code: number, data: { outcome, retry_after_ms: 7000 } });
    expect(bench.errorOf(1).message).toContain(`${code}: no \\u001b[2J`);
    expect(bench.log.records.map(({ message }) => message).join("")).not.toContain("\u001b");
  });

  it.each([
    ["RATE_LIMIT_EXCEEDED", -31004],
    ["SERVICE_UNAVAILABLE", -31001],
  ])("with code %s has a call sent once more when the gateway says, and no third time", async (code, number) => {
    const bench = new SessionBench();
    await bench.send(call(1));
    await fault(bench, { code, message: "busy", details: { retry_after: 7 } });
    await bench.advance(6999);
    expect(bench.transmissions(1)).toHaveLength(1);
    await bench.advance(1);
    expect(bench.transmissions(1)).toHaveLength(2);
    expect(bench.metric('resent_total{why="refused"}')).toBe(1);
    await fault(bench, { code, message: "busy", details: { retry_after: 7 } });
    expect(bench.errorOf(1)).toMatchObject({
      code: number,
      data: { outcome: "not_executed", retry_after_ms: 7000, attempt: 2 },
    });
  });

  it("that time may mend has a read sent again until its deadline, with growing pauses", async () => {
    const bench = new SessionBench({ retry: { budget: 100 } });
    await bench.send({ id: 1, method: "tools/list" });
    const times: number[] = [];
    for (let round = 1; round <= 6; round++) {
      await fault(bench, { code: "SERVICE_UNAVAILABLE", message: "busy" });
      const before = bench.clock.now();
      while (bench.transmissions(1).length === round) await bench.advance(500);
      times.push(bench.clock.now() - before);
    }
    expect(times).toEqual([500, 1000, 2000, 4000, 8000, 16_000]);
    await fault(bench, { code: "SERVICE_UNAVAILABLE", message: "busy" });
    expect(bench.errorOf(1)).toMatchObject({ code: -31001, data: { outcome: "not_executed", attempt: 7 } });
    await bench.advance(60_000);
    expect(bench.transmissions(1)).toHaveLength(7);
    expect(bench.clock.timers).toBeLessThanOrEqual(1);
  });

  it("is told at once when the gateway wants more time than the request has", async () => {
    const bench = new SessionBench({ limits: { requestTimeoutMs: 10_000 } });
    await bench.send({ id: 1, method: "tools/list" }, call(2));
    await fault(bench, { code: "RATE_LIMIT_EXCEEDED", message: "busy", details: { retry_after: 11 } });
    expect(bench.errorOf(2)).toMatchObject({ code: -31004, data: { retry_after_ms: 11_000 } });
    await bench.deliverRaw(
      '{"id":"t1","error":{"code":"RATE_LIMIT_EXCEEDED","message":"busy","details":{"retry_after":11}}}',
    );
    expect(bench.errorOf(1).code).toBe(-31004);
  });

  it("has nothing sent again for a request that was cancelled meanwhile", async () => {
    const bench = new SessionBench();
    await bench.send(call(1));
    await fault(bench, { code: "SERVICE_UNAVAILABLE", message: "busy" });
    await bench.send({ method: "notifications/cancelled", params: { requestId: 1 } });
    await bench.advance(60_000);
    expect(bench.transmissions(1)).toHaveLength(1);
    expect(bench.client.messages).toEqual([]);
  });

  it("does not undo that an earlier attempt may have run", async () => {
    const bench = new SessionBench();
    await bench.send({ id: 1, method: "tools/list" });
    await bench.lose();
    await bench.advance(0);
    await fault(bench, { code: "FORBIDDEN", message: "no" });
    expect(bench.errorOf(1)).toMatchObject({ code: -31007, data: { outcome: "unknown" } });
    expect(bench.errorOf(1).message).toContain("may or may not have run");
  });

  it("about nothing that is open is counted and dropped", async () => {
    const bench = new SessionBench();
    await bench.send(call(1));
    await bench.deliverRaw('{"source":"gateway","id":"t99","error":{"code":"FORBIDDEN","message":"x"}}');
    await bench.deliverRaw('{"source":"gateway","error":{}}');
    expect(bench.client.messages).toEqual([]);
    expect(bench.dropped("gateway", "fault")).toBe(2);
  });

  it("about the credential is mended once: another one, and the call goes out again", async () => {
    const bench = new SessionBench({ authenticate: numbered() });
    await bench.send(call(1));
    await fault(bench, { code: "UNAUTHORIZED", message: "expired" });
    expect(bench.transmissions(1).map(({ envelope }) => envelope["auth_token"])).toEqual(["token-1", "token-2"]);
    await bench.deliver({ id: 1, result: { paid: true } });
    expect(bench.client.answers(1)).toHaveLength(1);
    await bench.send(call(2));
    await fault(bench, { code: "UNAUTHORIZED", message: "expired" });
    await fault(bench, { code: "UNAUTHORIZED", message: "expired" });
    expect(bench.errorOf(2)).toMatchObject({ code: -31007, data: { outcome: "not_executed", attempt: 2 } });
  });

  it("about a credential that is another one by now sends the call again without asking for a third", async () => {
    let asked = 0;
    const bench = new SessionBench({
      authenticate: (draft) => {
        draft.bearer = new Secret(`token-${++asked}`);
      },
    });
    await bench.send(call(1), call(2), call(3));
    const late = bench.received.map(({ envelope }) => envelope["id"]);
    for (const id of late) {
      const error = { code: "UNAUTHORIZED", message: "expired" };
      await bench.deliverRaw(JSON.stringify({ source: "gateway", correlation_id: id, error }));
    }
    expect(asked).toBe(2);
    for (const id of [1, 2, 3]) {
      expect(bench.transmissions(id).map(({ envelope }) => envelope["auth_token"])).toEqual(["token-1", "token-2"]);
      await bench.deliver({ id, result: {} });
      expect(bench.client.answers(id)).toHaveLength(1);
    }
  });

  it.each(["ends the connection", "goes on"])(
    "about the credential that answers no message has it renewed once, and %s",
    async (then) => {
      let refused = 0;
      const bench = new SessionBench({
        authenticate: (draft) => {
          if (draft.reason === "rejected") refused++;
          draft.bearer = new Secret(`token-after-${refused}`);
        },
      });
      await bench.handshake();
      await bench.deliverRaw(JSON.stringify({ error: { code: "UNAUTHORIZED", message: "the token is over" } }));
      if (then === "ends the connection") {
        await bench.reconnect();
        await bench.answerReplay();
      }
      await bench.send(call(1));
      expect(bench.received.at(-1)?.envelope["auth_token"]).toBe("token-after-1");
      expect(refused).toBe(1);
    },
  );

  it("about the credential that answers no message, again and again, is no reason to ask for one again and again", async () => {
    const reasons: string[] = [];
    const bench = new SessionBench({
      authenticate: (draft) => {
        reasons.push(draft.reason);
        draft.bearer = new Secret("the only token");
      },
    });
    await bench.handshake();
    for (let times = 0; times < 5; times++) {
      await bench.deliverRaw(JSON.stringify({ error: { code: "UNAUTHORIZED", message: "no" } }));
    }
    expect(reasons).toEqual(["dial", "rejected"]);
  });

  it("tells the provider which bearer was refused", async () => {
    const refused: (string | undefined)[] = [];
    const bench = new SessionBench({
      authenticate: (draft) => {
        refused.push(draft.rejected?.reveal());
        draft.bearer = new Secret(`token-${refused.length}`);
      },
    });
    await bench.send(call(1));
    await fault(bench, { code: "UNAUTHORIZED", message: "expired" });
    expect(refused).toEqual([undefined, "token-1"]);
  });

  it("about the credential ends the request when there is no other, or none in time", async () => {
    let answer: Promise<void> | undefined;
    const bench = new SessionBench({ authenticate: () => answer, limits: { callIdleTimeoutMs: 3000 } });
    await bench.send(call(1));
    answer = Promise.reject(new Error("login needed"));
    await fault(bench, { code: "UNAUTHORIZED", message: "expired" });
    expect(bench.errorOf(1)).toMatchObject({ code: -31007, data: { outcome: "not_executed" } });
    expect(bench.errorOf(1).message).toContain("login needed");
    await bench.send(call(2));
    answer = new Promise(() => {});
    await fault(bench, { code: "UNAUTHORIZED", message: "expired" });
    await bench.advance(3000);
    expect(bench.errorOf(2)).toMatchObject({ code: -31003, data: { outcome: "not_executed" } });
    expect(bench.errorOf(2).message).toContain("no other credential was to be had in time");
    await bench.advance(10_000);
    expect(bench.transmissions(2)).toHaveLength(1);
  });
});

describe("a batch of the gateway", () => {
  it("fails the requests that it would have answered, at once, and no other", async () => {
    const bench = new SessionBench();
    await bench.send(call(1), call("a"), call(3));
    await bench.deliver(
      '[{"jsonrpc":"2.0","id":1,"result":{}},{"jsonrpc":"2.0","id":"a","result":{}},{"id":3,"method":"x"},7]',
    );
    for (const id of [1, "a"]) expect(bench.errorOf(id)).toMatchObject({ code: -31010, data: { outcome: "executed" } });
    expect(bench.client.answers(3)).toEqual([]);
  });

  it("that is no JSON fails nothing", async () => {
    const bench = new SessionBench();
    await bench.send(call(1));
    await bench.deliverRaw('{"source":"gateway","mcp_payload":[1,}');
    expect(bench.client.messages).toEqual([]);
  });
});

describe("metadata of the gateway's envelopes", () => {
  it("brings a token that outlives the connection, until it is refused", async () => {
    const bench = new SessionBench({ authenticate: numbered() });
    await bench.send(call(1));
    await bench.deliver({ id: 1, result: {} }, { metadata: { auth: { token: "rotated" } } });
    await bench.reconnect();
    await bench.send(call(2));
    expect(bench.transmissions(2).map(({ envelope }) => envelope["auth_token"])).toEqual(["rotated"]);
    await fault(bench, { code: "UNAUTHORIZED", message: "expired" });
    expect(bench.transmissions(2).map(({ envelope }) => envelope["auth_token"])).toEqual(["rotated", "token-3"]);
  });

  it("brings a token that takes the place of the bearer, and signals for plugins", async () => {
    const signals: unknown[] = [];
    const bench = new SessionBench({
      authenticate: numbered(),
      plugins: { limiter: (hooks) => hooks.onGatewaySignal.tap(({ signal }) => void signals.push(signal)) },
    });
    await bench.send(call(1));
    const metadata = { auth: { token: "rotated" }, rate_limit: { limit: 10, remaining: "3", reset: 5 } };
    await bench.deliver({ id: 1, result: {} }, { metadata });
    await bench.send(call(2));
    expect(bench.received.map(({ envelope }) => envelope["auth_token"])).toEqual(["token-1", "rotated"]);
    expect(bench.redacted).toEqual(["rotated"]);
    expect(signals).toEqual([{ limit: 10, remaining: 3, resetAfterMs: 5000 }]);
    await bench.deliver(
      { id: 2, result: {} },
      { metadata: { rate_limit: { limit: "soon", remaining: -1 }, auth: {} } },
    );
    expect(signals).toHaveLength(1);
  });
});

describe("a bare wire", () => {
  it("carries messages as they are, both ways, without a token", async () => {
    const bench = new SessionBench({ wire: "json-rpc", authenticate: numbered() });
    await bench.send(call(1));
    expect(bench.transport.channel.sent[0]?.toString()).toBe(JSON.stringify({ jsonrpc: "2.0", ...call(1) }));
    await bench.deliver({ id: 1, result: {} });
    expect(bench.client.answers(1)).toHaveLength(1);
  });
});
