import type { Clock } from "../clock.ts";
import type { Dispatcher } from "../dispatch/dispatcher.ts";
import type { LineWriter } from "../stdio/line-writer.ts";
import type { ClientRequest } from "./client-request.ts";
import { shutdownError } from "./end-errors.ts";
import { Ending } from "./ending.ts";
import type { Ledger } from "./ledger.ts";
import { cancelledLine } from "./router-answer.ts";
import type { Settlement } from "./settlement.ts";

/** With no time to lose, the answers have this many milliseconds to leave. */
export const FLUSH_LIMIT_MS = 200;

/** What a drain may take, in milliseconds. */
export interface FinishLimits {
  /** For the connection that what is held waits for. */
  readonly connectMs: number;
  /** For the answers to what is open, and for the client to read them. */
  readonly drainMs: number;
}

export interface FinishOptions {
  readonly ledger: Ledger;
  readonly settlement: Settlement;
  readonly dispatcher: Dispatcher;
  readonly writer: LineWriter;
  readonly clock: Clock;
}

/** The end of a session: what is open is finished where there is time, and answered in any case. */
export class Finish {
  readonly #options: FinishOptions;
  readonly #ending: Ending;
  #idle: (() => void) | undefined;
  #connected: (() => void) | undefined;

  constructor(options: FinishOptions) {
    this.#options = options;
    this.#ending = new Ending(options.clock);
  }

  /** Leaves no time, whether the end has begun or not. */
  hurry(): void {
    this.#ending.hurry();
  }

  /** A request has ended. */
  settled(): void {
    if (this.#idle !== undefined && !this.#awaitsAnswer()) this.#idle();
  }

  /** A lane can carry messages, or it is certain that none will for now. */
  connected(): void {
    this.#connected?.();
  }

  /** Nothing is open afterwards. */
  async answerEverything(how: "drain" | "now", { connectMs, drainMs }: FinishLimits): Promise<void> {
    if (how === "drain") {
      await this.#untilConnected(connectMs);
      await this.#untilIdle(drainMs);
    }
    this.#giveUp();
  }

  /** A client that has stopped reading gets no more than a little time for what is left. */
  async flush(limitMs: number): Promise<void> {
    const closed = this.#options.writer.close();
    await this.#ending.wait(limitMs, (done) => void closed.finally(done), FLUSH_LIMIT_MS);
  }

  /** Waits until a lane can carry what is held, for as long as a dial may take. */
  async #untilConnected(limitMs: number): Promise<void> {
    const { heldCount, awaitsFirstLink } = this.#options.dispatcher;
    // Nobody waits for a notification: it gets the time of the first dial, and no more.
    if (!this.#holdsRequests() && (heldCount === 0 || !awaitsFirstLink)) return;
    await this.#ending.wait(limitMs, (done) => (this.#connected = done));
    this.#connected = undefined;
  }

  async #untilIdle(limitMs: number): Promise<void> {
    if (!this.#awaitsAnswer()) return;
    await this.#ending.wait(limitMs, (done) => (this.#idle = done));
    this.#idle = undefined;
  }

  #holdsRequests(): boolean {
    for (const { state } of this.#options.ledger.requests()) if (state === "held") return true;
    return false;
  }

  /** Open subscriptions stay open for as long as the client is there, and what found no gateway waits in vain. */
  #awaitsAnswer(): boolean {
    for (const { methodClass, state } of this.#options.ledger.requests()) {
      if (methodClass !== "stream" && state !== "held") return true;
    }
    return false;
  }

  /** Answers whatever is still open. */
  #giveUp(): void {
    const { ledger, dispatcher, settlement } = this.#options;
    for (const request of ledger.requests()) {
      const cause = request.state === "held" ? dispatcher.lastError : undefined;
      if (request.state === "held") dispatcher.withdraw(request);
      if (request.state === "sent") cancelAtGateway(request, "the router is shutting down");
      settlement.fail(request, shutdownError(request, cause));
    }
  }
}

/** Tells the gateway that nobody waits for the answer any more. The protocol forbids cancelling the handshake. */
export function cancelAtGateway(request: ClientRequest, reason: string): void {
  const { lane } = request;
  if (lane === undefined || lane.lost || request.method === "initialize" || request.method === "server/discover")
    return;
  const facts = {
    kind: "notification",
    idKey: undefined,
    method: "notifications/cancelled",
    name: undefined,
    protocolVersion: undefined,
  } as const;
  lane.transmit(facts, cancelledLine(request.id, reason), request.namespace);
  lane.channel.cancel?.(request.key);
}
