import { array, assert, asyncProperty, constant, integer, oneof, record, type Arbitrary } from "fast-check";
import { describe, expect, it } from "vitest";
import { DialError } from "../plugin/dial-error.ts";
import { SessionBench, type ReceivedFrame } from "../testing/session-bench.ts";

type Event =
  | { readonly do: "send"; readonly method: string }
  | { readonly do: "reply" | "repeat" | "cancel" | "progress"; readonly which: number }
  | { readonly do: "lose" | "away" | "back" | "block" | "drain" | "stray" }
  | { readonly do: "pass"; readonly ms: number };

const ACTS: ReadonlySet<string> = new Set(["tools/call", "no/such"]);
const which = integer({ min: 0, max: 1000 });
const methods = oneof(
  ...["tools/call", "tools/list", "resources/read", "no/such", "ping"].map((method) => constant(method)),
);

const events: Arbitrary<Event> = oneof(
  record({ do: constant("send" as const), method: methods }),
  record({ do: constant("send" as const), method: methods }),
  record({
    do: oneof(
      constant("reply" as const),
      constant("reply" as const),
      constant("repeat" as const),
      constant("cancel" as const),
      constant("progress" as const),
    ),
    which,
  }),
  record({
    do: oneof(...(["lose", "away", "back", "block", "drain", "stray"] as const).map((name) => constant(name))),
  }),
  record({ do: constant("pass" as const), ms: oneof(constant(0), constant(250), constant(5000), constant(70_000)) }),
);

/** Plays events against a session, and keeps the books that the session must agree with. */
class Model {
  readonly bench = new SessionBench({ limits: { callIdleTimeoutMs: 120_000 }, maxQueuedRequests: 8 });
  readonly sent = new Map<number, string>();
  readonly cancelled = new Set<number>();
  /** The frames the gateway has answered. */
  readonly #answered = new Set<string>();
  #lastReply: Readonly<Record<string, unknown>> | undefined;

  async play(event: Event): Promise<void> {
    const { bench } = this;
    switch (event.do) {
      case "send":
        return await this.#send(event.method);
      case "reply":
        return await this.#reply(event.which);
      case "repeat":
        if (this.#lastReply !== undefined && this.#isOpen()) await bench.deliver(this.#lastReply);
        return undefined;
      case "cancel":
        return await this.#cancel(event.which);
      case "progress": {
        const params = { progressToken: event.which % (this.sent.size + 1), progress: event.which };
        if (this.#isOpen()) await bench.deliver({ method: "notifications/progress", params });
        return undefined;
      }
      case "stray":
        if (this.#isOpen()) await bench.deliver({ id: "never asked", result: {} });
        return undefined;
      case "lose":
        if (this.#isOpen()) await bench.lose();
        return undefined;
      case "away":
        bench.transport.policy = new DialError("unreachable", "connection refused");
        return undefined;
      case "back":
        bench.transport.policy = "accept";
        return undefined;
      case "block":
        if (this.#isOpen()) bench.transport.channel.block();
        return undefined;
      case "drain":
        if (this.#isOpen()) bench.transport.channel.drain();
        return await bench.settle();
      case "pass":
        return await bench.advance(event.ms);
    }
  }

  /** The client's input ends, and so does everything. */
  async end(): Promise<void> {
    const { bench } = this;
    bench.stdin.end();
    await bench.session.end;
    const finished = bench.session.finish("drain", { connectMs: 5000, drainMs: 5000 });
    await bench.advance(20_000);
    await finished;
    await bench.advance(100_000);
  }

  async #send(method: string): Promise<void> {
    const id = this.sent.size + 1;
    this.sent.set(id, method);
    await this.bench.send({ id, method, params: { name: "x", _meta: { progressToken: id } } });
  }

  /** The gateway answers one of the requests that this connection brought. */
  async #reply(which: number): Promise<void> {
    const waiting = this.bench.receivedNow.filter(
      (frame) => isRequest(frame) && !this.#answered.has(transmission(frame)),
    );
    const frame = waiting[which % Math.max(1, waiting.length)];
    if (frame === undefined || !this.#isOpen()) return;
    this.#answered.add(transmission(frame));
    this.#lastReply = { id: frame.payload["id"], result: { of: transmission(frame) } };
    await this.bench.deliver(this.#lastReply);
  }

  async #cancel(which: number): Promise<void> {
    const id = (which % (this.sent.size + 1)) + 1;
    if (this.sent.has(id) && this.bench.client.answers(id).length === 0) this.cancelled.add(id);
    await this.bench.send({ method: "notifications/cancelled", params: { requestId: id } });
  }

  #isOpen(): boolean {
    return this.bench.transport.channels.at(-1)?.open === true;
  }
}

const isRequest = ({ payload }: ReceivedFrame): boolean =>
  payload["id"] !== undefined && payload["method"] !== undefined;
const transmission = ({ envelope }: ReceivedFrame): string => String(envelope["id"]);

describe("a session, whatever happens", () => {
  it("answers every request exactly once, acts at most once, tells the truth about it, and leaves nothing behind", async () => {
    await assert(
      asyncProperty(array(events, { minLength: 5, maxLength: 60 }), async (played) => {
        const model = new Model();
        const { bench } = model;
        for (const event of played) await model.play(event);
        await model.end();
        for (const [id, method] of model.sent) {
          const answers = bench.client.answers(id);
          expect(answers).toHaveLength(model.cancelled.has(id) ? 0 : 1);
          const transmissions = bench.transmissions(id);
          expect(transmissions.length).toBeLessThanOrEqual(ACTS.has(method) ? 1 : 3);
          const [answer] = answers;
          if (answer?.["error"] === undefined) continue;
          const { outcome } = bench.errorOf(id).data;
          expect(outcome).toBe(transmissions.length === 0 ? "not_sent" : "unknown");
        }
        expect(new Set(bench.received.map(transmission)).size).toBe(bench.received.length);
        expect(bench.clock.timers).toBe(0);
        expect(bench.metric("open_requests")).toBe(0);
        expect(bench.metric("held_messages")).toBe(0);
        expect(bench.stdin.listenerCount("data")).toBe(0);
      }),
      { numRuns: 150, seed: 26 },
    );
  });
});
