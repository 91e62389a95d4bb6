import { describe, expect, it } from "vitest";
import type { CredentialDraft } from "../plugin/credential.ts";
import { DialError } from "../plugin/dial-error.ts";
import {
  refuse,
  type ConnectAttempt,
  type ConnectRefusal,
  type Hooks,
  type Outbound,
  type Stage,
} from "../plugin/hooks.ts";
import { RequestError } from "../plugin/request-error.ts";
import { drop, hold, reject, reply, type Verdict } from "../plugin/verdict.ts";
import { MalformedMessage } from "../message/malformed-message.ts";
import { readMessage } from "../message/raw-message.ts";
import { sealedHooks } from "../testing/sealed-hooks.ts";
import { settle } from "../testing/settle.ts";
import { TEST_ENDPOINT } from "../testing/test-endpoint.ts";
import { HookSet } from "./hook-set.ts";
import type { TapFault } from "./tap-faults.ts";

function outbound(): Outbound {
  const message = readMessage(Buffer.from('{"jsonrpc":"2.0","id":1,"method":"tools/list"}'));
  if (message instanceof MalformedMessage) throw new Error(message.detail);
  return { message, namespace: undefined, request: undefined };
}
const attempt: ConnectAttempt = { endpoint: TEST_ENDPOINT, connection: 1, attempt: 1 };
const draft = (): CredentialDraft => ({
  endpoint: TEST_ENDPOINT,
  reason: "dial",
  rejected: undefined,
  challenge: undefined,
  signal: new AbortController().signal,
  bearer: undefined,
  headers: new Map(),
  tls: undefined,
  expiresAt: undefined,
});

/** A tap as a plugin in plain JavaScript may write it: returning anything. */
function loose(run: () => unknown): () => undefined {
  const untyped: { run: () => undefined } = { run: () => undefined };
  Reflect.set(untyped, "run", run);
  return () => untyped.run();
}

function decide(run: () => unknown, stage: Stage = "guard") {
  const faults: TapFault[] = [];
  const hooks = sealedHooks({ odd: (on: Hooks) => on.beforeSend.tap(loose(run), { stage }) }, faults);
  return { decision: hooks.beforeSend.decide(outbound()), faults };
}

describe("message hooks", () => {
  it("ask the taps in order until one decides, and go on behind a hold", () => {
    const asked: string[] = [];
    const note = (name: string, verdict?: Verdict) => (on: Hooks) =>
      on.beforeSend.tap(() => {
        asked.push(name);
        return verdict;
      });
    const { beforeSend, onFrame } = sealedHooks({
      first: note("first"),
      decider: note("decider", drop("no")),
      last: note("last", reply({})),
    });
    expect(onFrame.used).toBe(false);
    const decision = beforeSend.decide(outbound());
    expect(decision).toMatchObject({ verdict: drop("no"), plugin: "decider", place: 1 });
    expect(beforeSend.decide(outbound(), 2)).toMatchObject({ plugin: "last", place: 2 });
    expect(beforeSend.decide(outbound(), 3)).toBeUndefined();
    expect(asked).toEqual(["first", "decider", "last"]);
  });

  it.each<[Stage, boolean]>([
    ["observe", false],
    ["decode", true],
    ["auth", true],
    ["guard", true],
    ["transform", true],
    ["route", true],
    ["audit", false],
  ])("a tap of stage %s that throws refuses the message: %s", (stage, closed) => {
    const { decision, faults } = decide(() => {
      throw new Error("no store");
    }, stage);
    expect(faults).toMatchObject([{ plugin: "odd", hook: "beforeSend", message: "no store" }]);
    if (!closed) expect(decision).toBeUndefined();
    else {
      expect(decision).toMatchObject({
        plugin: "odd",
        verdict: { verdict: "reject", error: { reason: "PLUGIN_FAILED", plugin: "odd", outcome: "not_sent" } },
      });
    }
  });

  it.each<[string, () => unknown, string]>([
    ["a promise", () => Promise.reject(new Error("unheard")), "return hold(promise)"],
    ["a word", () => "reject", "must return nothing"],
    ["null", () => null, "must return nothing"],
    ["an unknown verdict", () => ({ verdict: "allow" }), "must return nothing"],
    ["a refusal without a RequestError", () => ({ verdict: "reject", error: new Error("x") }), "takes a RequestError"],
    ["an answer that is no object", () => ({ verdict: "reply", result: "x" }), "reply() takes an object"],
    ["a hold of nothing", () => ({ verdict: "hold" }), "hold() takes a promise"],
    [
      "an object that cannot be looked at",
      () => ({
        get verdict(): never {
          throw new Error("hostile");
        },
      }),
      "hostile",
    ],
    [
      "a thrown object that cannot be printed",
      () => {
        throw Object.create(null);
      },
      "cannot be printed",
    ],
  ])("a tap that returns %s is at fault", async (_what, run, message) => {
    const { decision, faults } = decide(run);
    expect(decision?.verdict.verdict).toBe("reject");
    expect(faults[0]?.message).toContain(message);
    // A rejection that nobody handles would fail this run.
    await settle();
  });

  it.each<[Stage, () => unknown, string | undefined]>([
    ["guard", () => Promise.reject(new Error("down")), "reject"],
    ["observe", () => Promise.reject(new Error("down")), undefined],
    ["guard", () => Promise.resolve("odd"), "reject"],
    ["guard", () => Promise.resolve(hold(Promise.resolve())), "reject"],
    ["guard", () => Promise.resolve(reject(new RequestError("RATE_LIMITED", "no"))), "reject"],
    ["guard", () => Promise.resolve(drop("no")), "drop"],
  ])("a hold in stage %s settles to a checked verdict (%#)", async (stage, settle, verdict) => {
    const { decision } = decide(() => ({ verdict: "hold", settled: settle() }), stage);
    if (decision?.verdict.verdict !== "hold") throw new Error("not held");
    expect((await decision.verdict.settled)?.verdict).toBe(verdict);
  });

  it("report a tap that blocks", () => {
    let now = 0;
    const faults: TapFault[] = [];
    const hooks = sealedHooks({ slow: (on) => on.beforeSend.tap(() => void (now += 51)) }, faults, () => now);
    expect(hooks.beforeSend.decide(outbound())).toBeUndefined();
    expect(faults).toMatchObject([
      { plugin: "slow", message: expect.stringContaining("blocked every message for 51 ms") },
    ]);
  });
});

describe("other hooks", () => {
  it("call every observer whatever one of them does, async ones included", async () => {
    const faults: TapFault[] = [];
    const seen: string[] = [];
    const hooks = sealedHooks(
      {
        throws: (on) =>
          on.onGatewaySignal.tap(() => {
            throw new Error("sync");
          }),
        rejects: (on) => on.onGatewaySignal.tap(loose(() => Promise.reject(new Error("async")))),
        works: (on) => on.onGatewaySignal.tap(() => void seen.push("signal")),
      },
      faults,
    );
    hooks.onGatewaySignal.call({ endpoint: TEST_ENDPOINT, signal: {} });
    await settle();
    expect(seen).toEqual(["signal"]);
    expect(faults.map(({ plugin, message }) => [plugin, message])).toEqual([
      ["throws", "sync"],
      ["rejects", "async"],
    ]);
  });

  it("let a plugin refuse a dial, and refuse it when the plugin fails", async () => {
    const connect = (run: () => unknown): ConnectRefusal | undefined =>
      sealedHooks({ breaker: (on) => on.beforeConnect.tap(loose(run)) }).beforeConnect.call(attempt);
    expect(connect(() => undefined)).toBeUndefined();
    expect(connect(() => refuse("open", 500))).toMatchObject({ reason: "open", retryAfterMs: 500 });
    const failing = [
      () => {
        throw new Error("bug");
      },
      () => Promise.reject(new Error("late")),
      () => true,
      () => ({ refuse: true }),
      () => ({ refuse: true, reason: "x", retryAfterMs: Number.NaN }),
    ];
    for (const run of failing) {
      expect(connect(run)).toMatchObject({
        reason: expect.stringContaining("breaker failed before the dial"),
        retryAfterMs: 1000,
      });
    }
    await settle();
  });

  it("let a credential be completed in order, and deny it when a tap fails", async () => {
    const faults: TapFault[] = [];
    const own = new DialError("credential", "sign in first");
    const auth = (run: (draft: CredentialDraft) => void | Promise<void>) =>
      sealedHooks(
        { one: (on) => on.onAuth.tap(run), two: (on) => on.onAuth.tap((each) => void each.headers.set("b", "2")) },
        faults,
      );
    const good = draft();
    await auth(async (each) => void each.headers.set("a", "1")).onAuth.promise(good);
    expect([...good.headers.keys()]).toEqual(["a", "b"]);
    await expect(
      auth(() => {
        throw new Error("bug");
      }).onAuth.promise(draft()),
    ).rejects.toMatchObject({
      reason: "credential",
      plugin: "one",
      message: "the plugin one failed to sign in: bug",
    });
    await expect(auth(() => Promise.reject(own)).onAuth.promise(draft())).rejects.toBe(own);
    expect(faults).toHaveLength(1);
  });
});

describe("tapping", () => {
  it("is over when the hooks are sealed", () => {
    const set = new HookSet();
    const hooks = set.for("a", { before: [], after: [] });
    set.seal(
      new Set(["a"]),
      () => {},
      () => 0,
    );
    expect(() => hooks.onSettled.tap(() => {})).toThrow("hooks are sealed");
  });

  it("refuses what would never run", () => {
    const point = new HookSet().for("a", { before: [], after: [] }).beforeSend;
    const tap = (...given: readonly unknown[]): unknown => Reflect.apply(point.tap, point, given);
    expect(() => tap(() => {}, { stage: "gaurd" })).toThrow('there is no stage "gaurd"; the stages are observe, ');
    expect(() => tap("run")).toThrow("tap() takes a function");
    expect(() => tap(() => {}, { before: "b" })).toThrow("lists of plugin names");
  });

  it("takes the order of the plugin's entry for all its taps, and shows the places in effect", () => {
    const set = new HookSet();
    for (const name of ["a", "b"]) {
      const hooks = set.for(name, { before: name === "b" ? ["a"] : [], after: [] });
      hooks.beforeSend.tap(() => {});
      hooks.onSettled.tap(() => {});
    }
    set.for("gone", { before: [], after: [] }).onStart.tap(() => {});
    set.forget("gone");
    const { places, onStart } = set.seal(
      new Set(["a", "b"]),
      () => {},
      () => 0,
    );
    expect(places).toEqual([
      { hook: "beforeSend", stage: "guard", plugin: "b" },
      { hook: "beforeSend", stage: "guard", plugin: "a" },
      { hook: "onSettled", stage: "observe", plugin: "b" },
      { hook: "onSettled", stage: "observe", plugin: "a" },
    ]);
    expect(onStart).toEqual([]);
  });
});
