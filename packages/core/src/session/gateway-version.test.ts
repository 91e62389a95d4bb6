import { describe, expect, it } from "vitest";
import type { CredentialDraft } from "../plugin/credential.ts";
import { DialError } from "../plugin/dial-error.ts";
import { Secret } from "../plugin/secret.ts";
import { SessionBench, type SessionBenchOptions } from "../testing/session-bench.ts";

const authenticate = (draft: CredentialDraft): void => {
  draft.bearer = new Secret("token-of-the-test");
};
const tokens = (bench: SessionBench) => bench.received.map(({ envelope }) => envelope["auth_token"]);
const call = (id: unknown) => ({ id, method: "tools/call", params: { name: "pay" } });

/** The gateway hands the transmission at this place back. */
async function refuse(bench: SessionBench, place: number, message: string, code = "INVALID_REQUEST"): Promise<void> {
  const id = bench.received.at(place)?.envelope["id"];
  await bench.deliverRaw(JSON.stringify({ source: "gateway", correlation_id: id, error: { code, message } }));
}

const bench = (options: SessionBenchOptions = {}) => new SessionBench({ authenticate, ...options });

describe("a gateway of which nothing is known", () => {
  it("gets a token with each message, and the same message without one when it refuses that", async () => {
    const it = bench();
    await it.send({ id: 1, method: "initialize", params: { protocolVersion: "2025-11-25" } });
    await refuse(it, -1, "unknown field auth_token");
    await it.send(call(2));
    expect(tokens(it)).toEqual(["token-of-the-test", undefined, undefined]);
    await it.deliver({ id: 1, result: {} });
    await it.deliver({ id: 2, result: {} });
    expect(it.client.answers(1)).toMatchObject([{ result: {} }]);
    expect(it.client.answers(2)).toMatchObject([{ result: {} }]);
  });

  it("may refuse many at once: each goes out once more", async () => {
    const it = bench();
    await it.send(call(1), call(2), call(3));
    for (const place of [0, 1, 2]) await refuse(it, place, "auth_token is not allowed");
    expect(tokens(it)).toEqual([
      ...Array.from({ length: 3 }, () => "token-of-the-test"),
      undefined,
      undefined,
      undefined,
    ]);
    for (const id of [1, 2, 3]) await it.deliver({ id, result: {} });
    for (const id of [1, 2, 3]) expect(it.client.answers(id)).toHaveLength(1);
  });

  it("that refuses again without one ends the request with its own words", async () => {
    const it = bench();
    await it.send(call(1));
    await refuse(it, 0, "auth_token is not allowed");
    await refuse(it, 1, "auth_token is not allowed, whoever sends it");
    expect(it.received).toHaveLength(2);
    expect(it.errorOf(1)).toMatchObject({ code: -31010, data: { outcome: "not_executed" } });
    expect(it.errorOf(1).message).toContain("whoever sends it");
  });

  it.each([1003, 1007, 4400])(
    "that closes with %i at the first message gets the next ones without a token",
    async (code) => {
      const it = bench();
      await it.send({ id: 1, method: "initialize", params: {} });
      await it.lose(code);
      await it.advance(1000);
      expect(tokens(it)).toEqual(["token-of-the-test", undefined]);
      await it.deliver({ id: 1, result: {} });
      expect(it.client.answers(1)).toMatchObject([{ result: {} }]);
    },
  );

  it.each([1003, 1007, 4400])("that closes with %i later goes on getting tokens", async (code) => {
    const it = bench();
    await it.handshake();
    await it.lose(code);
    await it.advance(1000);
    expect(tokens(it).at(-1)).toBe("token-of-the-test");
  });

  it("repeats the session without a token when that is refused", async () => {
    const it = bench();
    await it.handshake();
    await it.reconnect();
    await refuse(it, -1, "auth_token?");
    expect(tokens(it).slice(-2)).toEqual(["token-of-the-test", undefined]);
    await it.answerReplay();
    await it.send(call(5));
    await it.deliver({ id: 5, result: {} });
    expect(it.client.answers(5)).toHaveLength(1);
  });
});

describe("a gateway that has answered a message with a token", () => {
  it("takes tokens: a later refusal that names them, for whatever cause, ends that request and changes nothing", async () => {
    const it = bench();
    await it.handshake();
    await it.send(call(1));
    await refuse(it, -1, "auth_token has expired");
    expect(it.errorOf(1)).toMatchObject({ code: -31010, data: { outcome: "not_executed" } });
    await it.send(call(2));
    expect(tokens(it).at(-1)).toBe("token-of-the-test");
  });
});

describe("a gateway that refuses messages with a token, and those without one too", () => {
  it("is not asked again and again by the repetition of the session, and gets tokens on the next connection", async () => {
    const it = bench();
    await it.handshake();
    await it.reconnect();
    await refuse(it, -1, "auth_token has expired");
    await refuse(it, -1, "auth_token is missing");
    expect(it.receivedNow.map(({ envelope }) => envelope["auth_token"])).toEqual(["token-of-the-test", undefined]);
    await it.advance(1000);
    expect(it.transport.channels).toHaveLength(3);
    expect(it.receivedNow.map(({ envelope }) => envelope["auth_token"])).toEqual(["token-of-the-test"]);
  });

  it("gets tokens again when it was taken for version 1 by the way it closed", async () => {
    const it = bench();
    await it.send({ id: 1, method: "initialize", params: {} });
    await it.lose(1003);
    await it.advance(1000);
    await refuse(it, -1, "auth_token is missing");
    expect(it.client.answers(1)).toHaveLength(1);
    await it.send({ id: 2, method: "initialize", params: {} });
    expect(tokens(it)).toEqual(["token-of-the-test", undefined, "token-of-the-test"]);
  });

  it("is not taken for version 1 because this side has closed the connection, over bytes that are no text", async () => {
    const it = bench();
    await it.send({ id: 1, method: "initialize", params: {} });
    const cause = new Error("invalid UTF-8");
    const error = new DialError("protocol", "it sent no UTF-8", { permanent: false, cause });
    it.transport.channel.lose({ code: 1007, reason: "it sent no UTF-8", error });
    await it.advance(1000);
    expect(tokens(it)).toEqual(["token-of-the-test", "token-of-the-test"]);
  });

  it("gets tokens again after it has refused a request both ways", async () => {
    const it = bench();
    await it.send(call(1));
    await refuse(it, -1, "auth_token has expired");
    await refuse(it, -1, "auth_token is missing");
    expect(it.client.answers(1)).toHaveLength(1);
    await it.send(call(2));
    expect(tokens(it)).toEqual(["token-of-the-test", undefined, "token-of-the-test"]);
  });
});

describe("a gateway of version 1", () => {
  it("that refuses the token of an open connection gets the request on the next one, which carries another", async () => {
    let renewed = 0;
    const it = new SessionBench({
      version: "1",
      authenticate: (draft) => void (draft.bearer = new Secret(`token-number-${++renewed}`)),
    });
    await it.handshake();
    await it.send(call(1), call(2));
    const error = { code: "UNAUTHORIZED", message: "the token has expired" };
    for (const { envelope } of it.received.slice(-2)) {
      it.channel(0).deliver(JSON.stringify({ correlation_id: envelope["id"], error }));
      await it.settle();
    }
    expect(it.methodsOn(1)).toEqual(["initialize"]);
    await it.answerReplay();
    expect(it.idsOn(0, "tools/call")).toEqual([1, 2]);
    expect(it.idsOn(1, "tools/call")).toEqual([1, 2]);
    for (const id of [1, 2]) await it.deliver({ id, result: {} });
    for (const id of [1, 2]) expect(it.client.answers(id)).toMatchObject([{ result: {} }]);
  });

  it("gets no token in messages, and another connection when the credential changes", async () => {
    const it = bench({ version: "1" });
    await it.handshake();
    expect(tokens(it).every((token) => token === undefined)).toBe(true);
    let renewed = 0;
    const renewing = new SessionBench({
      version: "1",
      authenticate: (draft) => {
        draft.bearer = new Secret(`token-number-${++renewed}`);
      },
    });
    await renewing.handshake();
    expect(renewing.transport.channels).toHaveLength(1);
    await renewing.changeCredential();
    expect(renewing.transport.channels).toHaveLength(2);
    expect(renewing.transport.dial.credential.bearer?.reveal()).toBe("token-number-3");
    await renewing.answerReplay();
    await renewing.send(call(7));
    await renewing.deliver({ id: 7, result: {} });
    expect(renewing.client.answers(7)).toHaveLength(1);
  });

  it("changes no token and no limits by what stands in metadata and details", async () => {
    const signals: unknown[] = [];
    const it = bench({
      version: "1",
      plugins: { watcher: (hooks) => hooks.onGatewaySignal.tap((signal) => void signals.push(signal)) },
    });
    await it.send(call(1));
    const metadata = { auth: { token: "another-token-from-it" }, rate_limit: { remaining: 1 } };
    await it.deliverRaw(JSON.stringify({ metadata, mcp_payload: { jsonrpc: "2.0", id: 1, result: {} } }));
    expect(it.client.answers(1)).toMatchObject([{ result: {} }]);
    expect(signals).toEqual([]);
    expect(it.redacted).toEqual([]);
    await it.send(call(2));
    const error = { code: "FORBIDDEN", message: "m", details: { retry_after: 9 } };
    await it.deliverRaw(JSON.stringify({ correlation_id: it.received.at(-1)?.envelope["id"], error }));
    expect(it.errorOf(2).data).not.toHaveProperty("retry_after_ms");
  });

  it("that answers an error under the id of the envelope is understood all the same", async () => {
    const it = bench({ version: "1" });
    await it.send(call(1));
    const id = it.received[0]?.envelope["id"];
    await it.deliverRaw(
      JSON.stringify({ mcp_payload: { jsonrpc: "2.0", id, error: { code: -32_000, message: "no" } } }),
    );
    expect(it.client.answers(1)).toMatchObject([{ error: { message: "no" } }]);
  });
});

describe("an error that answers the router itself under another id", () => {
  it.each(["envelope", "json-rpc"] as const)("is no reason to cut the connection (%s)", async (wire) => {
    const quiet = bench({ wire, features: { pingFrames: false } });
    await quiet.handshake();
    for (let times = 1; times <= 3; times++) {
      await quiet.advance(15_000);
      const pings = quiet.received.filter(({ payload }) => payload["method"] === "ping");
      expect(pings).toHaveLength(times);
      const id = wire === "envelope" ? pings.at(-1)?.envelope["id"] : null;
      await quiet.deliver({ id, error: { code: -32_601, message: "no such method" } });
    }
    expect(quiet.transport.channels).toHaveLength(1);
  });

  it.each(["the id of the envelope", "no id"])("lets the repeated session go on: %s", async (under) => {
    const it = bench();
    await it.handshake();
    await it.send({ id: 5, method: "resources/subscribe", params: { uri: "file:///a" } });
    await it.deliver({ id: 5, result: {} });
    await it.reconnect();
    await it.answerReplay();
    const { payload, envelope } = it.received.at(-1) ?? {};
    expect(payload).toMatchObject({ method: "resources/subscribe" });
    const error = { code: -32_602, message: "gone" };
    if (under === "no id") await it.deliver({ id: null, error }, { correlation_id: envelope?.["id"] });
    else await it.deliver({ id: envelope?.["id"], error });
    await it.send(call(9));
    expect(it.transmissions(9)).toHaveLength(1);
  });
});

describe("features", () => {
  it("without ping frames: MCP's own ping finds a dead gateway, and its answer a living one", async () => {
    const quiet = bench({ features: { pingFrames: false } });
    await quiet.handshake();
    for (let times = 0; times < 3; times++) {
      await quiet.advance(15_000);
      const { payload } = quiet.received.at(-1) ?? {};
      expect(payload).toMatchObject({ method: "ping" });
      await quiet.deliver({ id: payload?.["id"], error: { code: -32_601, message: "even so" } });
    }
    expect(quiet.transport.channel.pings).toBe(0);
    expect(quiet.transport.channels).toHaveLength(1);
    await quiet.advance(20_000);
    expect(quiet.transport.channels).toHaveLength(2);
  });

  it("without ping frames: a gateway with a call in hand is not asked, and not taken for dead when it is silent", async () => {
    const quiet = bench({ features: { pingFrames: false } });
    await quiet.handshake();
    await quiet.send(call(1));
    await quiet.advance(600_000);
    expect(quiet.transport.channels).toHaveLength(1);
    await quiet.deliver({ id: 1, result: {} });
    await quiet.advance(15_000);
    // Asked while nothing was open: what comes in between may keep it busy.
    expect(quiet.received.at(-1)?.payload).toMatchObject({ method: "ping" });
    await quiet.send(call(2));
    await quiet.advance(600_000);
    expect(quiet.transport.channels).toHaveLength(1);
    await quiet.deliver({ id: 2, result: {} });
    expect(quiet.client.answers(2)).toHaveLength(1);
  });

  it("with ping frames: they are sent, and messages are not", async () => {
    const watched = bench();
    await watched.handshake();
    await watched.advance(120_000);
    expect(watched.transport.channel.pings).toBeGreaterThan(3);
    expect(watched.received.filter(({ payload }) => payload["method"] === "ping")).toEqual([]);
  });

  it("without ping frames, announced in the answer to initialize: they are not waited for from then on", async () => {
    const quiet = bench();
    quiet.transport.answersPings = false;
    await quiet.handshake({ capabilities: { experimental: { gateway: { features: { ping_frames: false } } } } });
    await quiet.send(call(1));
    await quiet.advance(600_000);
    expect(quiet.transport.channels).toHaveLength(1);
    await quiet.deliver({ id: 1, result: {} });
    expect(quiet.client.answers(1)).toMatchObject([{ result: {} }]);
    await quiet.advance(15_000);
    expect(quiet.received.at(-1)?.payload).toMatchObject({ method: "ping" });
  });

  it("announced in the answer to initialize hold from then on", async () => {
    const it = bench();
    const experimental = { gateway: { version: "2.0", features: { per_message_auth: false } } };
    await it.handshake({ capabilities: { experimental } });
    await it.send(call(1));
    expect(tokens(it)).toEqual(["token-of-the-test", undefined, undefined]);
  });
});

describe("a message that no frame of the connection holds", () => {
  it("ends a request at once, and what comes after it is sent", async () => {
    const it = bench();
    await it.handshake();
    it.transport.channel.sends = "too_large";
    await it.send(call(1));
    expect(it.errorOf(1)).toMatchObject({ code: -31008, data: { outcome: "not_sent" } });
    expect(it.errorOf(1).message).toMatch(/^the request has \d+ bytes, more than a frame of this connection holds/);
    it.transport.channel.sends = "handed_over";
    await it.send(call(2));
    await it.deliver({ id: 2, result: {} });
    expect(it.client.answers(2)).toHaveLength(1);
  });

  it("answers a request of the gateway with an error in its place", async () => {
    const it = bench();
    await it.handshake();
    await it.deliver({ id: "ask", method: "roots/list" });
    const { channel } = it.transport;
    const send = channel.send.bind(channel);
    channel.send = (bytes) => (bytes.length > 2000 ? "too_large" : send(bytes));
    await it.send({ id: "ask", result: { roots: [], _meta: { filling: "x".repeat(3000) } } });
    expect(it.received.at(-1)?.payload).toMatchObject({
      id: "ask",
      error: { message: expect.stringContaining("bytes") },
    });
  });
});
