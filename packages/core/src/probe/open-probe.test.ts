import { describe, expect, it } from "vitest";
import { authSlot, definePlugin } from "../plugin/define-plugin.ts";
import { DialError } from "../plugin/dial-error.ts";
import type { CredentialDraft } from "../plugin/credential.ts";
import type { DialTrace } from "../plugin/dial-trace.ts";
import type { JsonObject } from "../plugin/json.ts";
import { Secret } from "../plugin/secret.ts";
import type { Channel, Transport } from "../plugin/transport.ts";
import { FakeChannel, FakeTransport } from "../testing/fake-transport.ts";
import { openProbe, type ProbeOptions } from "./open-probe.ts";
import type { ProbeStep } from "./probe-step.ts";

const RESULTS: { readonly [method: string]: unknown } = {
  initialize: { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "server" } },
  "tools/list": { tools: [{}] },
};

/** Answers as a gateway does, in the turn after each question. */
class AnsweringChannel extends FakeChannel {
  override send(bytes: Buffer): "handed_over" | "not_sent" | "too_large" {
    const { mcp_payload }: { mcp_payload: { id?: unknown; method: string } } = JSON.parse(bytes.toString());
    const { id, method } = mcp_payload;
    if (id !== undefined) {
      const reply = { mcp_payload: { jsonrpc: "2.0", id, result: RESULTS[method] ?? {} } };
      setImmediate(() => this.deliver(JSON.stringify(reply)));
    }
    return super.send(bytes);
  }
}

type Open = (trace: DialTrace | undefined, bearer: string | undefined) => void;

/** A transport that opens when `open` lets it. */
class ProbedTransport extends FakeTransport {
  readonly opened: FakeChannel[] = [];
  readonly #open: Open;

  constructor(open: Open) {
    super();
    this.#open = open;
  }

  override async open(...[, credential, sink, , trace]: Parameters<Transport["open"]>): Promise<Channel> {
    this.#open(trace, credential.bearer?.reveal());
    const channel = new AnsweringChannel(sink, true);
    this.opened.push(channel);
    return channel;
  }
}

interface BenchOptions {
  readonly open?: Open;
  readonly authenticate?: (draft: CredentialDraft) => void | Promise<void>;
  readonly gateway?: JsonObject;
}

async function bench({ open = () => {}, authenticate, gateway = {} }: BenchOptions = {}) {
  const transport = new ProbedTransport(open);
  let disposed = 0;
  const plugin = definePlugin({
    name: "probed",
    apiVersion: "^1.0",
    contributes: {
      transports: { probed: { create: () => transport } },
      auth: {
        probed: authSlot({
          schema: { type: "object" },
          create: () => ({ authenticate: (draft) => authenticate?.(draft) }),
        }),
      },
    },
    apply: (host) => host.onDispose(() => void disposed++),
  });
  const auth = authenticate === undefined ? {} : { auth: { type: "probed" } };
  const config = { presets: [], gateway: { url: "probed://gateway.test", ...auth, ...gateway } };
  const probe = await openProbe({ config, plugins: [plugin], env: {} });
  const test = async (options: ProbeOptions = {}): Promise<readonly ProbeStep[]> => {
    const steps = await probe.connection(options);
    await probe.dispose();
    expect(disposed).toBe(1);
    expect(transport.opened.filter((channel) => channel.open)).toEqual([]);
    return steps;
  };
  return { probe, test, transport };
}

const brief = (steps: readonly ProbeStep[]): readonly string[] => steps.map(({ name, status }) => `${name} ${status}`);
const REST = ["gateway skipped", "initialize skipped", "tools skipped", "ping skipped", "health skipped"];

describe("a test of a connection", () => {
  it("shows the dial of a transport that traces nothing as one step, and closes what it opened", async () => {
    const { test } = await bench();
    const told: ProbeStep[] = [];
    const steps = await test({ onStep: (step) => told.push(step) });
    expect(brief(steps)).toEqual([
      "configuration ok",
      "sign-in skipped",
      "proxy ok",
      "connect ok",
      "authentication skipped",
      "gateway ok",
      "initialize ok",
      "tools ok",
      "ping ok",
      "health skipped",
    ]);
    expect(told).toEqual(steps);
  });

  it("shows the parts that a transport traces, in the spelling and with the time it gives", async () => {
    const { test } = await bench({
      open: (trace) => {
        trace?.done("tcp", { port: 7, ms: 12.5 });
        trace?.done("tls", { daysLeft: 3, validTo: "2027-01-01T00:00:00.000Z", ms: 1 });
      },
    });
    const steps = await test();
    expect(brief(steps).slice(2, 7)).toEqual(["proxy ok", "dns skipped", "tcp ok", "tls warning", "upgrade ok"]);
    expect(steps[4]).toMatchObject({ name: "tcp", facts: { port: 7 }, ms: 12.5 });
    expect(steps[5]).toMatchObject({
      facts: { days_left: 3, valid_to: "2027-01-01T00:00:00.000Z" },
      notes: ["the certificate of the gateway: it expires in 3 days"],
    });
  });

  it.each([
    ["connect", new DialError("unreachable", "no way"), []],
    ["dns", new DialError("unreachable", "?", { cause: Object.assign(new Error("?"), { code: "ENOTFOUND" }) }), []],
    ["tcp", new DialError("unreachable", "?", { cause: Object.assign(new Error("?"), { code: "ECONNREFUSED" }) }), []],
    ["tcp", new DialError("timeout", "?"), ["dns"]],
    ["upgrade", new DialError("timeout", "?"), ["dns", "tcp"]],
    ["upgrade", new DialError("unavailable", "?", { status: 503 }), ["dns", "tcp"]],
    ["tls", new DialError("tls", "?"), ["dns", "tcp"]],
    ["proxy", new DialError("proxy", "?"), []],
    ["authentication", new DialError("forbidden", "?", { status: 403 }), ["dns", "tcp"]],
  ] as const)("finds the fault at %s", async (step, error, traced) => {
    const { test } = await bench({
      open: (trace) => {
        for (const part of traced) trace?.done(part, {});
        throw error;
      },
      gateway: step === "proxy" ? { proxy: "http://proxy.test:3128" } : {},
    });
    const steps = await test();
    const failed = steps.filter(({ status }) => status === "failed");
    expect(failed).toMatchObject([{ name: step, error: { code: error.code } }]);
    expect(brief(steps).slice(-REST.length)).toEqual(REST);
  });

  it("asks for another credential once when the first is refused, with what the refusal said", async () => {
    const asked: unknown[] = [];
    const { test } = await bench({
      authenticate: (draft) => {
        asked.push([draft.reason, draft.rejected?.reveal(), draft.challenge]);
        draft.bearer = new Secret(`token-${asked.length}`);
      },
      open: (_trace, bearer) => {
        if (bearer === "token-1") throw new DialError("unauthorized", "401", { status: 401, challenge: "Bearer x" });
      },
    });
    const steps = await test();
    expect(asked).toEqual([
      ["dial", undefined, undefined],
      ["rejected", "token-1", "Bearer x"],
    ]);
    expect(steps.find(({ name }) => name === "authentication")).toMatchObject({
      status: "ok",
      facts: { accepted: true, after: "another credential was asked for" },
    });
  });

  it("says why there is no credential, and what was not tried", async () => {
    const { test, transport } = await bench({
      authenticate: () => {
        throw new DialError("credential", "the key is gone\u001b[2J", { hint: "Bring it back." });
      },
    });
    const [, signIn, ...rest] = await test();
    expect(signIn).toMatchObject({
      name: "sign-in",
      error: { code: "DIAL_CREDENTIAL", message: "the key is gone\\u001b[2J", hint: "Bring it back." },
    });
    expect(new Set(rest.map(({ status }) => status))).toEqual(new Set(["skipped"]));
    expect(transport.opened).toEqual([]);
  });

  it("rejects with the reason of its signal, and closes what it opened", async () => {
    const { probe, transport } = await bench();
    const abort = new AbortController();
    const onStep = ({ name }: ProbeStep): void => {
      if (name === "initialize") abort.abort(new Error("enough"));
    };
    await expect(probe.connection({ signal: abort.signal, onStep })).rejects.toThrow("enough");
    expect(transport.opened.map((channel) => channel.open)).toEqual([false]);
    await probe.dispose();
  });

  it("knows only the endpoints that there are", async () => {
    const { probe } = await bench();
    expect(probe.endpoints).toEqual([{ name: "probed://gateway.test", index: 0 }]);
    await expect(probe.connection({ endpoint: 1 })).rejects.toThrow("there is no endpoint 1");
    await probe.dispose();
  });
});

describe("a test of the sign-in", () => {
  it("asks the gateway where to get a token, when the sign-in waits for that", async () => {
    const asked: unknown[] = [];
    const { probe, transport } = await bench({
      authenticate: (draft) => {
        asked.push([draft.reason, draft.challenge]);
        if (draft.challenge !== undefined) draft.bearer = new Secret("token-from-the-challenge");
      },
      open: (_trace, bearer) => {
        if (bearer === undefined) throw new DialError("unauthorized", "401", { status: 401, challenge: "Bearer x" });
      },
    });
    const steps = await probe.signIn();
    expect(asked).toEqual([
      ["dial", undefined],
      ["rejected", "Bearer x"],
    ]);
    expect(brief(steps)).toEqual([
      "configuration ok",
      "sign-in ok",
      "token ok",
      "certificate skipped",
      "renewal skipped",
      "rejection skipped",
      "acceptance ok",
    ]);
    await probe.dispose();
    expect(transport.opened.filter((channel) => channel.open)).toEqual([]);
  });

  it("does not ask the gateway when nobody may", async () => {
    const { probe, transport } = await bench({ authenticate: () => {} });
    const steps = await probe.signIn({ offline: true });
    expect(steps.find(({ name }) => name === "token")).toMatchObject({ status: "skipped" });
    expect(transport.opened).toEqual([]);
    await probe.dispose();
  });
});
