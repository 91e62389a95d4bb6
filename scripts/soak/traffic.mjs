// What the client sends: calls, reads, unknown methods, some with progress, some cancelled.
import { NONCE } from "./nonce.mjs";

const TICK_MS = 5;
/** More than this at once would only fill queues. */
const MOST_OPEN = 1000;

const READS = ["tools/list", "resources/list", "prompts/list", "resources/read", "prompts/get"];

export class Traffic {
  #client;
  #dice;
  #settings;
  #sent = 0;
  #stopped = false;

  constructor(client, dice, settings) {
    this.#client = client;
    this.#dice = dice;
    this.#settings = settings;
  }

  /** Settles when the time is over, or everything is sent. */
  async run() {
    const { milliseconds, requests, rate } = this.#settings;
    const end = performance.now() + milliseconds;
    let due = 0;
    let last = performance.now();
    while (!this.#stopped && this.#sent < requests && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
      const now = performance.now();
      due = Math.min(due + ((now - last) / 1000) * rate, rate);
      last = now;
      for (; due >= 1 && this.#sent < requests && this.#client.open < MOST_OPEN; due -= 1) this.#send();
    }
  }

  stop() {
    this.#stopped = true;
  }

  #send() {
    this.#sent += 1;
    const nonce = this.#sent;
    const dice = this.#dice.fork(nonce);
    const acts = dice.chance(0.7);
    const method = acts ? (dice.chance(0.95) ? "tools/call" : "soak/unknown") : dice.pick(READS);
    const params = {
      ...(method === "tools/call" && { name: "act", arguments: { text: "x".repeat(dice.integer(0, 300)) } }),
      ...(method === "resources/read" && { uri: `soak://${nonce}` }),
      ...(method === "prompts/get" && { name: "prompt" }),
      _meta: { [NONCE]: nonce, ...(dice.chance(0.3) && { progressToken: dice.chance(0.5) ? nonce : `t${nonce}` }) },
    };
    // Ids that look alike are not the same.
    const id = nonce % 2 === 0 ? nonce : String(nonce);
    this.#client.request({ nonce, id, method, params, acts });
    if (!dice.chance(0.04)) return;
    if (dice.chance(0.5)) this.#client.cancel(id);
    else setTimeout(() => this.#client.cancel(id), dice.integer(1, 50));
  }
}
