// A client that is as strict as the strictest. It writes violations into the books and goes on, to see more of them.
import { JSONRPCMessageSchema } from "@modelcontextprotocol/sdk/types.js";

import { NONCE } from "./nonce.mjs";

const LONGEST_LINE = 10 * 1024 * 1024;
const OUTCOMES = new Set(["not_sent", "not_executed", "unknown", "executed"]);

export class StrictClient {
  /** Lines in both directions. */
  messages = 0;
  #router;
  #books;
  #journal;
  /** Requests without an answer, by id. */
  #open = new Map();
  /** Cancelled requests about which lines may still be on their way. */
  #cancelled = new Map();
  #serverRequests = new Set();
  #requests = 0;
  #parts = [];
  #length = 0;
  #wake = () => {};

  constructor(router, books, journal) {
    this.#router = router;
    this.#books = books;
    this.#journal = journal;
    router.child.stdout.on("data", (chunk) => this.#read(chunk));
  }

  /** How many requests have no answer yet. */
  get open() {
    return this.#open.size;
  }

  /** The handshake. Rejects with the router's own words when it ends instead. */
  async initialize() {
    const params = {
      protocolVersion: "2025-06-18",
      capabilities: { roots: {} },
      clientInfo: { name: "soak-client", version: "1.0.0" },
    };
    const reply = new Promise((settle) => this.#open.set('"initialize"', { order: 0, progress: 0, settle }));
    this.#write({ id: "initialize", method: "initialize", params });
    const message = await Promise.race([reply, this.#router.ended]);
    if (message?.result === undefined) throw new Error(`the router did not start: ${this.#router.lastWords()}`);
    this.#write({ method: "notifications/initialized" });
  }

  /** Sends a request, whose nonce is `nonce`. `acts`: running it twice does harm. */
  request({ nonce, id, method, params, acts, settle = () => {} }) {
    this.#requests += 1;
    const token = params._meta.progressToken;
    this.#open.set(keyOf(id), { order: this.#requests, nonce, token, progress: 0, settle });
    this.#books.sent(nonce, acts);
    this.#journal.note("client", "asks", method, nonce);
    this.#write({ id, method, params });
  }

  /** Cancels a request if it is still open. */
  cancel(id) {
    const request = this.#open.get(keyOf(id));
    if (request === undefined) return;
    this.#open.delete(keyOf(id));
    this.#cancelled.set(keyOf(id), { ...request, cancelledAfter: this.#requests });
    this.#books.cancelled(request.nonce);
    this.#journal.note("client", "cancels", request.nonce);
    this.#write({ method: "notifications/cancelled", params: { requestId: id } });
  }

  /** Waits until nothing is open; what still is after the time is lost, and the books know it. */
  async settled(milliseconds) {
    const deadline = performance.now() + milliseconds;
    while (this.#open.size > 0 && performance.now() < deadline && this.#router.child.exitCode === null) {
      await new Promise((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 100);
      });
    }
    for (const { nonce } of this.#open.values()) this.#journal.note("client", "never heard of", nonce);
  }

  /** After all faults the router has to serve again. */
  async showsLife(milliseconds) {
    const nonce = this.#requests + 1;
    const answer = new Promise((resolve) => {
      const params = { _meta: { [NONCE]: nonce } };
      this.request({ nonce, id: "alive", method: "tools/list", params, acts: false, settle: resolve });
      setTimeout(resolve, milliseconds, undefined).unref();
      void this.#router.ended.then(() => resolve(undefined));
    });
    const message = await answer;
    if (nonceOf(message) !== nonce) {
      this.#books.violate(`after all faults tools/list was answered with ${JSON.stringify(message)}`);
    }
  }

  #write(message) {
    this.messages += 1;
    this.#router.child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  }

  #read(chunk) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const line = Buffer.concat([...this.#parts, chunk.subarray(start, end)]);
      this.#parts = [];
      this.#length = 0;
      start = end + 1;
      this.#line(line);
    }
    this.#parts.push(chunk.subarray(start));
    this.#length += chunk.length - start;
    if (this.#length > LONGEST_LINE) this.#violate("a line over 10 MiB", Buffer.concat(this.#parts));
  }

  #line(line) {
    this.messages += 1;
    let message;
    try {
      message = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line));
    } catch {
      return this.#violate("not JSON in UTF-8", line);
    }
    if (!JSONRPCMessageSchema.safeParse(message).success) return this.#violate("not a valid message", line);
    const { id, method, params } = message;
    if (method === undefined) this.#reply(id, message, line);
    else if (id !== undefined) this.#answerServer(id, method, line);
    else if (method === "notifications/progress") this.#progress(params, line);
    else if (method === "notifications/cancelled") this.#serverRequests.delete(keyOf(params.requestId));
  }

  #reply(id, message, line) {
    const key = keyOf(id);
    const request = this.#open.get(key) ?? this.#cancelled.get(key);
    if (request === undefined) return this.#violate("a reply to nothing that is open", line);
    this.#open.delete(key);
    this.#cancelled.delete(key);
    // The router reads in order: when it answers what came after a cancellation, it has read that too.
    for (const [each, { cancelledAfter }] of this.#cancelled) {
      if (cancelledAfter >= request.order) break;
      this.#cancelled.delete(each);
    }
    this.#journal.note("client", "hears of", request.nonce, message.error?.message);
    if (request.nonce !== undefined) this.#enter(request.nonce, message, line);
    request.settle(message);
    if (this.#open.size === 0) this.#wake();
  }

  /** What the reply says, into the books. */
  #enter(nonce, { result, error }, line) {
    const data = error?.data;
    const found = nonceOf({ result, error });
    if (found !== undefined) {
      this.#books.answered(nonce, { result: found });
      return;
    }
    // A gateway that refuses what comes before its handshake has not run it.
    const refused = error?.message === "Bad Request: Server not initialized";
    const outcome = refused ? "not_executed" : data?.source === "mcp-router" ? data.outcome : undefined;
    if (!OUTCOMES.has(outcome)) this.#violate("a reply of nobody", line);
    this.#books.answered(nonce, { outcome });
  }

  #progress({ progressToken, progress }, line) {
    const live = [...this.#open.values(), ...this.#cancelled.values()].find(({ token }) => token === progressToken);
    if (progressToken === undefined || live === undefined)
      return this.#violate("progress of nothing that is open", line);
    if (progress <= live.progress) this.#violate("progress that does not increase", line);
    live.progress = progress;
  }

  #answerServer(id, method, line) {
    const key = keyOf(id);
    if (this.#serverRequests.has(key)) this.#violate("a request under an id that is open", line);
    this.#serverRequests.add(key);
    // Not at once, so that some are open when the connection is lost.
    setTimeout(() => {
      if (!this.#serverRequests.delete(key)) return;
      this.#write({ id, result: method === "roots/list" ? { roots: [] } : {} });
    }, 5);
  }

  #violate(rule, line) {
    this.#books.violate(`${rule}: ${line.toString("utf8", 0, 300)}`);
  }
}

/** Whose answer of the server it is; of an error of anybody else nobody's. */
function nonceOf(message) {
  return message?.result?._meta?.[NONCE] ?? message?.error?.data?.[NONCE];
}

/** `1` and `"1"` are different ids. */
function keyOf(id) {
  return JSON.stringify(id);
}
