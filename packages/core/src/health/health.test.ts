import { describe, expect, it } from "vitest";
import { buildEndpoints } from "../endpoint/build-endpoints.ts";
import { createGateway } from "../endpoint/create-gateway.ts";
import { definePlugin } from "../plugin/define-plugin.ts";
import { DialError } from "../plugin/dial-error.ts";
import { LINK_HEALTH, type LinkHealth } from "../plugin/link-health.ts";
import type { HealthAnswer } from "../plugin/transport.ts";
import { FakeTransport } from "../testing/fake-transport.ts";
import { loadPlugins } from "../testing/load-plugins.ts";
import { settle } from "../testing/settle.ts";

const silent = {
  opened: () => {},
  message: () => {},
  drain: () => {},
  lost: () => {},
  refused: () => {},
  credential: () => {},
  signal: () => {},
  ask: () => false,
  busy: false,
};

/** A transport whose health endpoint answers as the test says. */
class HealthyTransport extends FakeTransport {
  readonly asked: (string | undefined)[] = [];
  answer: HealthAnswer | Error | "wait" = { url: "https://gateway/health", status: 200, says: "ok", version: "2.1" };

  health(_endpoint: unknown, url: URL | undefined): Promise<HealthAnswer> {
    this.asked.push(url?.href);
    if (this.answer === "wait") return new Promise(() => {});
    return this.answer instanceof Error ? Promise.reject(this.answer) : Promise.resolve(this.answer);
  }
}

/** One gateway, and the picture of its health as a plugin sees it. */
async function start(health: { readonly url?: string; readonly interval_ms?: number } = {}) {
  const transport = new HealthyTransport();
  transport.policy = "accept";
  let seen: LinkHealth | undefined;
  const scheme = definePlugin({
    name: "transport-healthy",
    apiVersion: "^1.2",
    contributes: { transports: { healthy: { create: () => transport } } },
    apply: (host) => {
      seen = host.use(LINK_HEALTH);
    },
  });
  const { loading, clock, log } = loadPlugins({
    config: { gateway: { url: "healthy://gateway", health } },
    plugins: [scheme],
  });
  const loaded = await loading;
  const [best] = await buildEndpoints(loaded.config, {});
  if (best === undefined || seen === undefined) throw new Error("no endpoint, or no picture");
  const abort = new AbortController();
  const gateway = createGateway(best, { ...loaded, env: {}, redact: () => {}, signal: abort.signal });
  const link = gateway.createLink(silent);
  const picture = seen;
  const read = () => {
    const [only, ...more] = picture.gateways();
    if (only === undefined || more.length > 0) throw new Error("there is one gateway");
    return only;
  };
  return { transport, clock, log, link, abort, picture, read };
}

describe("the picture of link health", () => {
  it("is idle before the first dial, then connecting, then up, and down when the connection is lost", async () => {
    const { transport, clock, link, read } = await start();
    expect(read()).toMatchObject({
      endpoint: "healthy://gateway",
      state: "idle",
      version: "2",
      versionFrom: "assumed",
    });
    transport.policy = "wait";
    link.start();
    await settle();
    expect(read()).toMatchObject({ state: "connecting", connections: [{ connection: 1, state: "connecting" }] });
    transport.channels.push(transport.dial.accept());
    await settle();
    expect(read()).toMatchObject({ state: "up", connections: [{ state: "open", error: undefined, silentMs: 0 }] });
    transport.channel.lose();
    await clock.advance(0);
    transport.dial.refuse(new DialError("tls", "its certificate is bad", { hint: "mend it" }));
    await settle();
    expect(read()).toMatchObject({
      state: "down",
      connections: [{ state: "refused", error: { reason: "tls", message: "its certificate is bad", hint: "mend it" } }],
    });
    link.stop("now");
    expect(read()).toMatchObject({ state: "idle", connections: [] });
  });

  it("shows how long a heartbeat took, and ails while one has no answer", async () => {
    const { transport, clock, link, read } = await start();
    link.start();
    await clock.advance(15_020);
    expect(read()).toMatchObject({ state: "ailing", connections: [{ silentMs: 15_020, unansweredMs: 20 }] });
    transport.channel.alive();
    expect(read()).toMatchObject({
      state: "up",
      connections: [{ silentMs: 0, roundTripMs: 20, unansweredMs: undefined }],
    });
    await clock.advance(100);
    expect(read()).toMatchObject({ connections: [{ silentMs: 100, roundTripMs: 20 }] });
  });
});

describe("the health endpoint", () => {
  it("is asked by nobody until somebody asks, and then at the address that is written", async () => {
    const { transport, clock, link, picture, read } = await start({ url: "https://other/health" });
    link.start();
    await clock.advance(60_000);
    expect(transport.asked).toEqual([]);
    expect(read().probe).toBeUndefined();
    expect(await picture.ask()).toMatchObject([
      { probe: { url: "https://gateway/health", ok: true, status: 200, says: "ok", error: undefined, ageMs: 0 } },
    ]);
    expect(transport.asked).toEqual(["https://other/health"]);
    expect(read()).toMatchObject({ version: "2", versionFrom: "health endpoint" });
  });

  it("is asked regularly from the first dial on, when that is written, and not after the end", async () => {
    const { transport, clock, link, read, abort } = await start({ interval_ms: 1000 });
    await clock.advance(5000);
    expect(transport.asked).toHaveLength(0);
    link.start();
    await clock.advance(2500);
    expect(transport.asked).toHaveLength(3);
    expect(read().probe).toMatchObject({ ok: true, ageMs: 500 });
    abort.abort();
    await clock.advance(10_000);
    expect(transport.asked).toHaveLength(3);
  });

  it.each([
    [
      { url: "https://gateway/health", status: 503, says: "closing\u001b[2J" },
      { status: 503, says: "closing\\u001b[2J" },
    ],
    [new DialError("unreachable", "nobody\u001b there"), { status: undefined, error: "nobody\\u001b there" }],
  ])("that answers %j makes an open link ail, and never harms it", async (answer, probe) => {
    const { transport, clock, link, read } = await start({ interval_ms: 1000 });
    transport.answer = answer;
    link.start();
    await clock.advance(10);
    expect(read()).toMatchObject({ state: "ailing", probe: { ok: false, ...probe }, connections: [{ state: "open" }] });
    transport.answer = { url: "https://gateway/health", status: 200 };
    await clock.advance(1000);
    expect(read()).toMatchObject({ state: "up", probe: { ok: true } });
  });

  it("that does not answer in time is told so, and is asked by one question at a time", async () => {
    const { transport, clock, picture, read } = await start();
    transport.answer = "wait";
    const asked = Promise.all([picture.ask(), picture.ask()]);
    await clock.advance(5000);
    await asked;
    expect(transport.asked).toHaveLength(1);
    expect(read().probe).toMatchObject({ ok: false, error: "no answer within 5000 ms", tookMs: 5000 });
  });

  it("is nothing that a transport has to know", async () => {
    const { transport, picture } = await start();
    Object.defineProperty(transport, "health", { value: undefined });
    expect(await picture.ask()).toMatchObject([{ state: "idle", probe: undefined }]);
  });
});
