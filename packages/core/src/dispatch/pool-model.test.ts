import { array, assert, asyncProperty, constant, integer, oneof, record, type Arbitrary } from "fast-check";
import { describe, expect, it } from "vitest";
import { DialError } from "../plugin/dial-error.ts";
import { SessionBench } from "../testing/session-bench.ts";

const ENDPOINTS = 2;
const ACTS: ReadonlySet<string> = new Set(["tools/call", "no/such"]);
const METHODS = ["tools/call", "tools/call", "tools/list", "resources/read", "no/such", "resources/subscribe"] as const;

type Event =
  | { readonly do: "send"; readonly method: string }
  | { readonly do: "reply" | "refuse" | "cancel" | "lose" | "block" | "drain" | "ask"; readonly which: number }
  | { readonly do: "away" | "back" | "closed"; readonly which: number }
  | { readonly do: "renew" }
  | { readonly do: "pass"; readonly ms: number };

const which = integer({ min: 0, max: 1000 });
const named = <Name extends string>(...names: readonly [Name, ...Name[]]) =>
  oneof(...names.map((name) => record({ do: constant(name), which })));

const events: Arbitrary<Event> = oneof(
  record({ do: constant("send" as const), method: oneof(...METHODS.map((method) => constant(method))) }),
  record({ do: constant("send" as const), method: oneof(...METHODS.map((method) => constant(method))) }),
  named("reply", "reply", "reply", "refuse", "cancel", "lose", "block", "drain", "ask"),
  named("away", "back", "closed"),
  record({ do: constant("renew" as const) }),
  record({ do: constant("pass" as const), ms: oneof(...[0, 250, 1000, 5000, 40_000].map((ms) => constant(ms))) }),
);

interface Transmission {
  readonly endpoint: number;
  readonly channel: number;
  readonly id: unknown;
  readonly method: unknown;
  readonly envelope: string;
}

/** Plays events against a session with a pool at each of two endpoints, and keeps books that the session must agree with. */
class PoolModel {
  readonly bench: SessionBench;
  readonly sent = new Map<number, string>();
  readonly cancelled = new Set<number>();
  readonly #done = new Set<string>();
  #asked = 0;

  constructor(wire: "envelope" | "json-rpc") {
    this.bench = new SessionBench({
      wire,
      endpoints: ENDPOINTS,
      limits: { callIdleTimeoutMs: 120_000 },
      maxQueuedRequests: 8,
      pool: { size: 3, maxIdle: 1, maxLifetimeMs: 50_000 },
      authenticate: () => {},
    });
  }

  async begin(): Promise<void> {
    await this.bench.handshake();
  }

  async play(event: Event): Promise<void> {
    const { bench } = this;
    if (event.do === "send") await this.#send(event.method);
    else if (event.do === "pass") await bench.advance(event.ms);
    else if (event.do === "renew") await bench.changeCredential();
    else await this.#strike(event.do, event.which);
    await this.#answerRouter();
  }

  async end(): Promise<void> {
    const { bench } = this;
    bench.stdin.end();
    // A gateway that takes nothing keeps the end of stdin from being read until its connection is given up.
    await bench.advance(60_000);
    await bench.session.end;
    const finished = bench.session.finish("drain", { connectMs: 5000, drainMs: 5000 });
    await bench.advance(20_000);
    await finished;
    await bench.advance(100_000);
  }

  /** Every request of the client that has reached a gateway. */
  transmissions(): readonly Transmission[] {
    return this.bench.transports.flatMap((_, endpoint) =>
      this.bench.receivedBy(endpoint).flatMap(({ channel, envelope, payload }, at) => {
        const { id, method } = payload;
        if (id === undefined || method === undefined || typeof id !== "number") return [];
        return [{ endpoint, channel, id, method, envelope: `${endpoint} ${channel} ${at} ${String(envelope["id"])}` }];
      }),
    );
  }

  async #send(method: string): Promise<void> {
    const id = this.sent.size + 1;
    this.sent.set(id, method);
    await this.bench.send({ id, method, params: { name: "x", uri: `file:///${id % 3}` } });
  }

  async #strike(deed: Exclude<Event["do"], "send" | "pass" | "renew">, at: number): Promise<void> {
    const { bench } = this;
    const transport = bench.transports[at % ENDPOINTS];
    if (transport === undefined) return;
    const open = bench.transports.flatMap(({ channels }) => channels.filter((channel) => channel.open));
    const channel = open[at % Math.max(1, open.length)];
    if (deed === "reply" || deed === "refuse") await this.#answer(deed, at);
    else if (deed === "cancel") await this.#cancel(at);
    else if (deed === "away") transport.policy = new DialError("unreachable", "connection refused");
    else if (deed === "closed") transport.policy = new DialError("forbidden", "403");
    else if (deed === "back") transport.policy = "accept";
    else if (deed === "lose") channel?.lose();
    else if (deed === "block") channel?.block();
    else if (deed === "drain") channel?.drain();
    else if (channel !== undefined) await bench.deliver({ id: ++this.#asked, method: "roots/list" }, {}, channel);
    await bench.settle();
  }

  /** A gateway answers, or refuses, one of the requests that are with it. */
  async #answer(deed: "reply" | "refuse", at: number): Promise<void> {
    const { bench } = this;
    const waiting = this.transmissions().filter(
      ({ endpoint, channel, envelope }) => bench.channel(channel, endpoint).open && !this.#done.has(envelope),
    );
    const chosen = waiting[at % Math.max(1, waiting.length)];
    if (chosen === undefined) return;
    this.#done.add(chosen.envelope);
    const { id, channel, endpoint } = chosen;
    const body =
      deed === "reply" ? { result: { of: id } } : { error: { code: -32_000, message: "the server does not like it" } };
    await bench.deliverOn(channel, { id, ...body }, endpoint);
  }

  async #cancel(at: number): Promise<void> {
    const id = (at % (this.sent.size + 1)) + 1;
    if (this.sent.has(id) && this.bench.client.answers(id).length === 0) this.cancelled.add(id);
    await this.bench.send({ method: "notifications/cancelled", params: { requestId: id } });
  }

  /** The gateways take the session over wherever it is repeated. */
  async #answerRouter(): Promise<void> {
    for (const [endpoint, { channels }] of this.bench.transports.entries()) {
      for (const [channel, { open }] of channels.entries()) if (open) await this.bench.answerRouter(channel, endpoint);
    }
  }
}

describe("pools at several endpoints, whatever happens", () => {
  it.each(["envelope", "json-rpc"] as const)(
    "answer every request once and with its own answer, act at most once, tell the truth, and leave nothing behind (%s)",
    async (wire) => {
      await assert(
        asyncProperty(array(events, { minLength: 5, maxLength: 50 }), async (played) => {
          const model = new PoolModel(wire);
          const { bench } = model;
          await model.begin();
          for (const event of played) await model.play(event);
          await model.end();
          const transmissions = model.transmissions();
          for (const [id, method] of model.sent) {
            const answers = bench.client.answers(id);
            expect(answers).toHaveLength(model.cancelled.has(id) ? 0 : 1);
            const times = transmissions.filter((each) => each.id === id).length;
            expect(times).toBeLessThanOrEqual(ACTS.has(method) ? 1 : 3);
            const [answer] = answers;
            if (answer?.["result"] !== undefined) expect(answer["result"]).toEqual({ of: id });
            else if (answer !== undefined && bench.errorOf(id).code !== -32_000) {
              expect(bench.errorOf(id).data["outcome"]).toBe(times === 0 ? "not_sent" : "unknown");
            }
          }
          expect(bench.clock.timers).toBe(0);
          for (const gauge of ["open_requests", "held_messages", "held_bytes", "open_server_requests", "connections"]) {
            expect([gauge, bench.metric(gauge)]).toEqual([gauge, 0]);
          }
          for (const { channels } of bench.transports) expect(channels.filter(({ open }) => open)).toEqual([]);
        }),
        { numRuns: 100, seed: 26 },
      );
    },
  );
});
