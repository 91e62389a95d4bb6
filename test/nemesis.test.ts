import { expect, it } from "vitest";

import { Dice } from "@mcp-router/testkit";
import { expectRecovery } from "./support/expect-alive.ts";
import { ParanoidClient, type Reply } from "./support/paranoid-client.ts";
import { spawnRouter } from "./support/spawn-router.ts";
import { type Asked, startTestGateway } from "./support/test-gateway.ts";

const REQUESTS = 1500;

/** Answers, most of the time; and does everything that a gateway should not do, some of the time. */
class Nemesis {
  readonly executed: number[] = [];
  readonly #dice: Dice;
  #delayed: Asked[] = [];

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  take(asked: Asked): void {
    const dice = this.#dice;
    if (asked.method === "tools/call") this.executed.push(Number(asked.params["nonce"]));
    this.#delayed.push(asked);
    if (dice.chance(0.02)) asked.session.sendFrame("garbage");
    if (dice.chance(0.02)) asked.session.send('{"jsonrpc":"2.0","id":123456789,"result":{}}');
    if (dice.chance(0.02)) asked.session.send(`{"jsonrpc":"2.0","id":${asked.id},"method":"roots/list"}`);
    if (dice.chance(0.005)) {
      if (dice.chance(0.5)) asked.session.terminate();
      else asked.session.close(dice.pick([1000, 1001, 1011, 1012, 4000]), "nemesis");
      return;
    }
    while (this.#delayed.length > 0 && dice.chance(0.7)) this.#answerOne();
  }

  /** Answers everything that was put off. */
  settle(): void {
    while (this.#delayed.length > 0) this.#answerOne();
  }

  #answerOne(): void {
    const dice = this.#dice;
    const [asked] = this.#delayed.splice(Math.floor(dice.next() * this.#delayed.length), 1);
    if (asked === undefined) return;
    const { session, id, params, result } = asked;
    const progress = (value: number): void => {
      session.send(
        JSON.stringify({
          jsonrpc: "2.0",
          method: "notifications/progress",
          params: { progressToken: params["nonce"], progress: value },
        }),
      );
    };
    if (dice.chance(0.3)) progress(1);
    if (dice.chance(0.05)) session.send(`{"jsonrpc":"2.0","id":${id},"result":null}`);
    else result(JSON.stringify({ nonce: params["nonce"] }));
    if (dice.chance(0.1)) progress(2);
    if (dice.chance(0.05)) result('{"nonce":"twice"}');
  }
}

it.each([1, 2])(
  "whatever client and gateway do to each other (seed %i), every request ends once, with its own result or an honest error, and no call runs twice",
  async (seed) => {
    const dice = new Dice(seed);
    const nemesis = new Nemesis(dice);
    const test = await startTestGateway({
      "tools/call": (asked) => nemesis.take(asked),
      "tools/list": (asked) => nemesis.take(asked),
      "test/settle": ({ result }) => {
        nemesis.settle();
        result("{}");
      },
    });
    const client = new ParanoidClient(
      await spawnRouter({
        url: test.url,
        config: { local: { request_timeout_ms: 2000, call_timeout_ms: 2000, max_queued_requests: 2000 } },
      }),
    );
    await client.initialize();

    const replies: (Promise<Reply> | undefined)[] = [];
    for (let nonce = 0; nonce < REQUESTS; nonce++) {
      const method = dice.pick(["tools/call", "tools/list"]);
      replies.push(client.request(method, { nonce, _meta: { progressToken: nonce } }, `r${nonce}`));
      if (dice.chance(0.05))
        client.write(dice.pick(["garbage\n", "\n", '{"jsonrpc":"2.0","id":null,"method":"x"}\n', "[]\n", "\0\n"]));
      if (dice.chance(0.05)) {
        client.cancel(`r${nonce}`);
        replies[nonce] = undefined;
      }
      // Traffic both ways at once: now and then the client waits until the gateway has answered.
      if (dice.chance(0.05)) await client.request("test/settle");
      if (dice.chance(0.1))
        for (const call of client.requests.items.slice(-1))
          client.answer(await client.requests.next((each) => each === call), { roots: [] });
    }
    await client.request("test/settle");

    const executed = new Set(nemesis.executed);
    expect(nemesis.executed).toHaveLength(executed.size);
    for (const [nonce, reply] of replies.entries()) {
      if (reply === undefined) continue;
      const { result, error } = await reply;
      if (error === undefined) expect(result).toEqual({ nonce });
      else if (error.data["outcome"] === "not_sent" || error.data["outcome"] === "not_executed")
        expect(executed).not.toContain(nonce);
      else expect(["unknown", "executed"]).toContain(error.data["outcome"]);
    }
    await expectRecovery(client);
    expect(client.open).toBe(0);
    expect(await client.finish()).toEqual({ exitCode: 0, signal: null });
  },
);
