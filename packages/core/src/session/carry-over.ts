import type { Clock, Timer } from "../clock.ts";
import type { Dispatcher } from "../dispatch/dispatcher.ts";
import type { Lane } from "../lane/lane.ts";
import type { Counter } from "../plugin/metrics.ts";
import type { ChannelEnd } from "../plugin/transport.ts";
import type { ClientRequest } from "./client-request.ts";
import { lostError } from "./end-errors.ts";
import type { Ledger } from "./ledger.ts";
import type { RequestDeadlines } from "./request-deadlines.ts";
import type { Resend } from "./resend.ts";
import type { RetryBudget } from "./retry-budget.ts";
import type { ServerRequests } from "./server-requests.ts";
import type { Settlement } from "./settlement.ts";

export interface CarryOverOptions {
  readonly ledger: Ledger;
  readonly settlement: Settlement;
  readonly dispatcher: Dispatcher;
  readonly serverRequests: ServerRequests;
  readonly deadlines: RequestDeadlines;
  readonly resend: Resend;
  readonly budget: RetryBudget;
  readonly resent: Counter;
  readonly clock: Clock;
}

/** Decides what becomes of requests whose transmission came to nothing: sent again, or ended with what is known. */
export class CarryOver {
  readonly #options: CarryOverOptions;
  readonly #waiting = new Map<ClientRequest, Timer>();

  constructor(options: CarryOverOptions) {
    this.#options = options;
  }

  /**
   * What the lane carried is sent again where that can do no harm, and ends as `unknown` where it can. A gateway that refuses
   * the client certificate does so after the handshake (TLS 1.3), and has read nothing of what was sent by then.
   */
  laneLost(lane: Lane, end: ChannelEnd): void {
    const { ledger, settlement, serverRequests, resend, budget } = this.#options;
    serverRequests.laneLost(lane);
    const refused = end.error?.reason === "tls" && end.error.permanent && lane.silent;
    for (const request of ledger.requests()) {
      if (request.lane !== lane || request.state !== "sent") continue;
      request.learn(refused ? "not_executed" : "unknown");
      if (refused || resend.afterLoss(request, end)) this.again(request, "lost");
      else settlement.fail(request, lostError(lane, end));
    }
    budget.lost();
  }

  /** Subscriptions (2026-07-28) go where the notifications come from now. */
  homeMoved(from: Lane): void {
    for (const request of this.#options.ledger.requests()) {
      if (request.lane === from && request.state === "sent" && request.methodClass === "stream") {
        this.again(request, "moved");
      }
    }
  }

  /**
   * The gateway has refused a request before it ran, for a cause that time may mend.
   *
   * @returns whether it is sent once more later.
   */
  refused(request: ClientRequest, retryAfterMs: number | undefined): boolean {
    const { resend, deadlines, clock } = this.#options;
    const delayMs = resend.afterRefusal(request, retryAfterMs, deadlines.leftToWait(request));
    if (delayMs === undefined) return false;
    request.state = "waiting";
    request.learn("not_executed");
    request.moveTo(undefined);
    deadlines.waitsAgain(request);
    const timer = clock.after(delayMs, () => {
      this.#waiting.delete(request);
      this.again(request, "refused");
    });
    this.#waiting.set(request, timer);
    return true;
  }

  /** The request has ended. */
  forget(request: ClientRequest): void {
    if (this.#waiting.size === 0) return;
    this.#waiting.get(request)?.cancel();
    this.#waiting.delete(request);
  }

  /** Sends the request once more, as soon as that can be. @param why For the metric. */
  again(request: ClientRequest, why: string): void {
    const { deadlines, dispatcher, resent } = this.#options;
    resent.add(1, { why });
    deadlines.waitsAgain(request);
    dispatcher.submitAgain(request);
  }
}
