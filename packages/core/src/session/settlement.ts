import type { Clock } from "../clock.ts";
import type { SealedHooks } from "../host/hook-set.ts";
import { escapeForPeople } from "../errors/escape.ts";
import type { Logger } from "../plugin/logger.ts";
import type { Counter } from "../plugin/metrics.ts";
import type { Outcome, Reason, RequestError } from "../plugin/request-error.ts";
import type { ClientRequest } from "./client-request.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Ledger } from "./ledger.ts";
import { errorLine } from "./router-answer.ts";

export interface SettlementOptions {
  readonly ledger: Ledger;
  readonly deadlines: Deadlines<ClientRequest>;
  readonly hooks: SealedHooks;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settled: Counter;
  readonly write: (line: Buffer) => void;
  /** Takes every known secret out of a text. */
  readonly hide: (text: string) => string;
  /** Called after every end, so that who waits for the last request learns of it. */
  readonly onSettled: (request: ClientRequest) => void;
}

/** Ends requests: each exactly once, with its answer on stdout and one `onSettled`. */
export class Settlement {
  readonly #options: SettlementOptions;

  constructor(options: SettlementOptions) {
    this.#options = options;
  }

  /** The gateway, or a plugin, has answered with these bytes. */
  answer(request: ClientRequest, line: Buffer, ok: boolean, source: string): void {
    if (!this.#close(request)) return;
    this.#options.write(line);
    this.#tell(request, request.attempts > 0 ? "executed" : request.known, undefined, source, ok);
  }

  /** The router answers with an error of its own. */
  fail(request: ClientRequest, error: RequestError, source = "mcp-router"): void {
    const { clock, log, hooks, hide } = this.#options;
    if (!this.#close(request)) return;
    const endpoint = request.lane?.endpoint;
    const facts = {
      endpoint: endpoint?.name,
      attempts: request.attempts,
      elapsedMs: clock.now() - request.arrivedAt,
    };
    this.#options.write(errorLine(request.id, error, facts, hide));
    log.info(
      { method: request.method, correlationId: request.correlationId, reason: error.reason, outcome: error.outcome },
      escapeForPeople(hide(error.message)),
    );
    hooks.onError.call({ error, request, endpoint });
    this.#tell(request, error.outcome, error.reason, source, false);
  }

  /** The client, or the gateway, has called it off; no answer is given. */
  cancel(request: ClientRequest, source: "client" | "gateway" = "client"): void {
    if (this.#close(request)) this.#tell(request, "cancelled", undefined, source, false);
  }

  #close(request: ClientRequest): boolean {
    if (request.state === "settled") return false;
    request.state = "settled";
    this.#options.ledger.close(request);
    this.#options.deadlines.clear(request);
    request.lane?.release();
    return true;
  }

  #tell(
    request: ClientRequest,
    outcome: Outcome | "cancelled",
    reason: Reason | undefined,
    source: string,
    ok: boolean,
  ): void {
    const { hooks, clock, settled, onSettled } = this.#options;
    settled.add(1, { outcome, reason: reason ?? "none" });
    if (hooks.onSettled.isUsed()) {
      const { attempts, arrivedAt, sentAt } = request;
      const now = clock.now();
      const times = {
        waitingMs: (sentAt ?? now) - arrivedAt,
        gatewayMs: sentAt === undefined ? undefined : now - sentAt,
      };
      hooks.onSettled.call({ request, outcome, reason, source, ok, attempts, times });
    }
    onSettled(request);
  }
}
