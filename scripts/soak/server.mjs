// The MCP server behind the gateway. What it does with a request depends on the seed and the request's nonce alone.
import { NONCE } from "./nonce.mjs";

const INITIALIZED = {
  protocolVersion: "2025-06-18",
  capabilities: { tools: { listChanged: true }, resources: {}, prompts: {} },
  serverInfo: { name: "soak-server", version: "1.0.0" },
};

/** Runs every request it gets and says so in the books: at once, slowly, with progress, or with a question first. */
export class SoakServer {
  #dice;
  #books;
  #journal;
  #connections = 0;

  constructor(dice, books, journal) {
    this.#dice = dice;
    this.#books = books;
    this.#journal = journal;
  }

  session = (session) => {
    this.#connections += 1;
    return new ServerSession(session, this.#connections, this.#dice, this.#books, this.#journal);
  };
}

class ServerSession {
  #session;
  #connection;
  #dice;
  #books;
  #journal;
  #timers = new Set();
  /** Work by the id of its request. */
  #works = new Map();
  /** What goes on when the client answers a question of the server. */
  #questions = new Map();
  #asked = 0;

  constructor(session, connection, dice, books, journal) {
    this.#session = session;
    this.#connection = connection;
    this.#dice = dice;
    this.#books = books;
    this.#journal = journal;
  }

  receive(payload) {
    const message = JSON.parse(payload.toString());
    const { id, method, params } = message;
    if (method === undefined) {
      this.#questions.get(id)?.();
      this.#questions.delete(id);
    } else if (method === "initialize") {
      this.#send({ id, result: INITIALIZED });
    } else if (method === "notifications/cancelled") {
      this.#works.get(params.requestId)?.();
    } else if (id !== undefined) {
      this.#serve(id, method, params);
    }
  }

  close() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #serve(id, method, params) {
    const nonce = params._meta[NONCE];
    this.#books.executed(nonce, this.#connection, method);
    this.#journal.note("server", this.#session.id, "runs", method, nonce);
    const dice = this.#dice.fork(nonce);
    let given = false;
    if (dice.chance(0.5)) this.#works.set(id, () => (given = true));
    const answer = () => {
      this.#works.delete(id);
      if (given) return;
      this.#journal.note("server", this.#session.id, "answers", nonce);
      if (dice.chance(0.03))
        this.#send({ id, error: { code: -32_050, message: "as asked", data: { [NONCE]: nonce } } });
      else
        this.#send({ id, result: { content: [], text: "x".repeat(dice.integer(0, 400)), _meta: { [NONCE]: nonce } } });
    };
    const token = params._meta.progressToken;
    if (token !== undefined && dice.chance(0.7)) this.#progress(token, dice, answer);
    else if (method === "tools/call" && dice.chance(0.04)) this.#ask(dice, answer);
    else if (dice.chance(0.5)) answer();
    else this.#after(dice.chance(0.1) ? dice.integer(100, 600) : dice.integer(1, 40), answer);
    if (dice.chance(0.005)) this.#send({ method: "notifications/tools/list_changed" });
  }

  #progress(token, dice, answer) {
    const steps = dice.integer(1, 5);
    const step = (progress) => {
      this.#send({ method: "notifications/progress", params: { progressToken: token, progress, total: steps } });
      const next = progress === steps ? answer : () => step(progress + 1);
      if (dice.chance(0.5)) next();
      else this.#after(dice.integer(1, 20), next);
    };
    step(1);
  }

  #ask(dice, answer) {
    const id = this.#asked;
    this.#asked += 1;
    this.#questions.set(id, answer);
    this.#send({ id, method: dice.pick(["roots/list", "ping"]) });
  }

  #send(message) {
    this.#session.send(JSON.stringify({ jsonrpc: "2.0", ...message }));
  }

  #after(milliseconds, act) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, milliseconds);
    this.#timers.add(timer);
  }
}
