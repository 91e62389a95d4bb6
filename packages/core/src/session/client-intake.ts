import type { Clock } from "../clock.ts";
import type { Dispatcher } from "../dispatch/dispatcher.ts";
import type { Decision } from "../host/message-hook.ts";
import type { SealedHooks } from "../host/hook-set.ts";
import type { SessionMemory } from "../lane/session-memory.ts";
import { readMessage, type RawMessage } from "../message/raw-message.ts";
import { TOO_LARGE } from "../lane/transmission.ts";
import { MalformedMessage } from "../message/malformed-message.ts";
import type { Outbound } from "../plugin/hooks.ts";
import type { Logger } from "../plugin/logger.ts";
import { RequestError } from "../plugin/request-error.ts";
import type { SettledVerdict } from "../plugin/verdict.ts";
import { oversizeRequestId } from "../stdio/oversize-request.ts";
import { ClientRequest } from "./client-request.ts";
import type { Drops } from "./drops.ts";
import type { Ledger, ServerRequest } from "./ledger.ts";
import type { SessionLimits } from "./limits.ts";
import type { OwedAnswers } from "./owed-answers.ts";
import { errorLine, invalidRequestLine, pluginResultLine } from "./router-answer.ts";
import type { RequestDeadlines } from "./request-deadlines.ts";
import type { Settlement } from "./settlement.ts";

export interface ClientIntakeOptions {
  readonly ledger: Ledger;
  readonly settlement: Settlement;
  readonly dispatcher: Dispatcher;
  readonly hooks: SealedHooks;
  readonly memory: SessionMemory;
  readonly deadlines: RequestDeadlines;
  readonly limits: SessionLimits;
  readonly owed: OwedAnswers;
  readonly drops: Drops;
  readonly clock: Clock;
  readonly log: Logger;
  readonly write: (line: Buffer) => void;
}

/** An id may be used once in a session (MCP, "Requests"). */
const STILL_OWED =
  "invalid request: a request with this id was cancelled or has timed out, and the gateway may still answer it; it was not sent. Use a new id.";

/** Takes the client's lines: checks them, asks the plugins, and gives them to the dispatcher. */
export class ClientIntake {
  readonly #options: ClientIntakeOptions;

  constructor(options: ClientIntakeOptions) {
    this.#options = options;
  }

  line(bytes: Buffer): void {
    const message = readMessage(bytes);
    if (message instanceof MalformedMessage) {
      this.#malformed(message);
      return;
    }
    if (message.kind === "request") this.#request(message);
    else if (message.kind === "notification") this.#notification(message);
    else this.#answer(message);
  }

  /**
   * What stood behind the last line break when stdin ended. A whole message is taken for what it is: an object that is closed
   * cannot go on. Anything else was cut off.
   */
  unfinished(bytes: Buffer): void {
    if (readMessage(bytes) instanceof MalformedMessage) {
      this.#options.drops.count("stdin", "unfinished_line");
      this.#options.log.warn({ bytes: bytes.length }, "stdin ended in the middle of a message: dropped");
    } else this.line(bytes);
  }

  /** A line over the limit: only its beginning and its end were kept. */
  oversize(head: Buffer, length: number, tail: Buffer): void {
    const { drops, ledger, write, log } = this.#options;
    drops.count("stdin", "too_large");
    log.warn({ bytes: length }, "a line from the client is over the limit");
    const id = oversizeRequestId(head, tail);
    if (id === undefined || ledger.isOpen(id)) return;
    const error = new RequestError(
      "TOO_LARGE",
      `the line has ${length} bytes, more than the router reads; it was not sent`,
      {
        direction: "request",
      },
    );
    write(errorLine(id, error, { endpoint: undefined, attempts: 0, elapsedMs: 0 }));
  }

  /** An answer to a line that is no message would end the session at the client, unless its id can be echoed. */
  #malformed(message: MalformedMessage): void {
    const { drops, ledger, write, log } = this.#options;
    drops.count("stdin", message.reason);
    log.warn({ reason: message.reason }, `a line from the client is not a message: ${message.detail}`);
    const { id, kindGuess, reason } = message;
    const answerable = reason !== "not_json" && reason !== "batch" && reason !== "not_object";
    const mayBeRequest = kindGuess === "request" || kindGuess === undefined;
    if (id === undefined || !answerable || !mayBeRequest || ledger.isOpen(id)) return;
    write(invalidRequestLine(id, `invalid request: ${message.detail}`));
  }

  #request(message: RawMessage): void {
    const { ledger, drops, clock, limits, settlement, memory, owed, write } = this.#options;
    const { id, idKey, method } = message;
    if (id === undefined || idKey === undefined || method === undefined) return;
    const request = new ClientRequest(message, id, idKey, method, clock.now());
    if (owed.has(idKey)) {
      drops.count("stdin", "id_still_owed");
      write(invalidRequestLine(id, STILL_OWED));
      return;
    }
    if (!ledger.open(request)) {
      // Answering would complete the first request of that id.
      drops.count("stdin", "duplicate_id");
      this.#options.log.warn({ method }, "a request uses the id of a request that is still open: dropped");
      return;
    }
    if (method === "initialize") memory.asked();
    this.#options.deadlines.arrived(request);
    if (ledger.openRequests > limits.maxConcurrentRequests) {
      const text = `${limits.maxConcurrentRequests} requests are open already; this one was not sent`;
      settlement.fail(request, new RequestError("QUEUE_FULL", text, { hint: "Raise local.max_concurrent_requests." }));
      return;
    }
    const { beforeSend } = this.#options.hooks;
    if (!beforeSend.used) {
      this.#options.dispatcher.submit(request);
      return;
    }
    const outbound: Outbound = { message, namespace: undefined, request };
    this.#continueRequest(request, outbound, beforeSend.decide(outbound));
  }

  #continueRequest(request: ClientRequest, outbound: Outbound, decision: Decision | undefined): void {
    if (decision?.verdict.verdict === "hold") {
      this.#park(request, outbound, decision, decision.verdict.settled);
      return;
    }
    this.#decided(request, outbound, decision?.verdict, decision?.plugin ?? "");
  }

  #decided(request: ClientRequest, outbound: Outbound, verdict: SettledVerdict, plugin: string): void {
    const { settlement, dispatcher } = this.#options;
    if (verdict === undefined) {
      request.namespace = outbound.namespace;
      dispatcher.submit(request);
    } else if (verdict.verdict === "reply") {
      const line = pluginResultLine(request.id, verdict.result, plugin);
      if (Buffer.isBuffer(line)) settlement.answer(request, line, true, plugin);
      else settlement.fail(request, line, plugin);
    } else if (verdict.verdict === "reject") {
      settlement.fail(request, verdict.error, plugin);
    } else {
      // A request is always answered, whatever a plugin thinks of it.
      const error = new RequestError(
        "PLUGIN_REJECTED",
        `the plugin ${plugin} dropped this request: ${verdict.reason}`,
        {
          plugin,
        },
      );
      settlement.fail(request, error, plugin);
    }
  }

  #park(
    request: ClientRequest,
    outbound: Outbound,
    { plugin, place }: Decision,
    settled: Promise<SettledVerdict | void>,
  ): void {
    request.state = "parked";
    const go = (verdict: SettledVerdict): void => {
      if (request.state !== "parked") return;
      if (verdict !== undefined) this.#decided(request, outbound, verdict, plugin);
      else this.#continueRequest(request, outbound, this.#options.hooks.beforeSend.decide(outbound, place + 1));
    };
    // The promise has its owner here: the hold of a decision never rejects, and nothing that follows throws.
    void settled.then((verdict) => go(verdict ?? undefined));
  }

  #notification(message: RawMessage): void {
    const { memory, dispatcher, drops } = this.#options;
    const namespace = this.#pass(message);
    if (namespace === false) return;
    const { method } = message;
    if (method === "notifications/cancelled") this.#cancel(message);
    else if (method === "notifications/progress") this.#progress(message);
    else {
      if (method === "notifications/initialized") memory.clientInitialized();
      if (!dispatcher.notify(message, namespace)) drops.count("stdin", "queue_full");
    }
  }

  /**
   * Asks the plugins about a message that cannot be parked.
   *
   * @returns the namespace it goes out under (undefined: by the rules), or false when it must not.
   */
  #pass(message: RawMessage): string | undefined | false {
    const { beforeSend } = this.#options.hooks;
    if (!beforeSend.used) return undefined;
    const outbound: Outbound = { message, namespace: undefined, request: undefined };
    let decision = beforeSend.decide(outbound);
    while (decision?.verdict.verdict === "hold") {
      // Its outcome is nobody's: only requests wait. The message goes on to the next plugin.
      this.#options.log.warn({ plugin: decision.plugin }, "hold() works on requests only; the message goes on");
      decision = beforeSend.decide(outbound, decision.place + 1);
    }
    if (decision === undefined) return outbound.namespace;
    this.#options.drops.count("stdin", "plugin");
    return false;
  }

  #cancel(message: RawMessage): void {
    const { ledger, dispatcher, settlement, drops, owed } = this.#options;
    const request = message.cancelsKey === undefined ? undefined : ledger.request(message.cancelsKey);
    // The protocol forbids cancelling the handshake.
    if (request === undefined || request.method === "initialize") {
      drops.count("stdin", "cancel_of_nothing");
      return;
    }
    const { state, lane } = request;
    if (state === "held") dispatcher.withdraw(request);
    if (state === "sent" && lane !== undefined && !lane.lost) {
      lane.transmit(message, message.bytes, request.namespace);
      lane.channel.cancel?.(request.key);
      owed.add(request.key, lane);
    }
    settlement.cancel(request);
  }

  /** Progress of the client on a request of the gateway. */
  #progress(message: RawMessage): void {
    const { ledger, drops } = this.#options;
    const key = message.progressKey;
    const request = key === undefined ? undefined : ledger.serverRequestByProgress(key);
    if (request === undefined || request.lane.lost) {
      drops.count("stdin", "progress_of_nothing");
      return;
    }
    const { gatewayProgress } = request;
    const bytes = gatewayProgress === undefined ? message.bytes : message.withProgressToken(gatewayProgress);
    request.lane.transmit(message, bytes, undefined);
  }

  /** An answer of the client goes to the lane that asked, and nowhere else. */
  #answer(message: RawMessage): void {
    const { ledger, drops } = this.#options;
    const request = message.idKey === undefined ? undefined : ledger.serverRequest(message.idKey);
    if (request === undefined) {
      drops.count("stdin", "answer_to_nothing");
      return;
    }
    if (this.#pass(message) === false) this.#refuseServerRequest(request, "was refused by a plugin of the router");
    else {
      const bytes = request.gatewayId === request.clientId ? message.bytes : message.withId(request.gatewayId);
      if (request.lane.transmit(message, bytes, undefined) === TOO_LARGE) {
        this.#refuseServerRequest(request, `has ${bytes.length} bytes, more than a frame of this connection holds`);
      }
    }
    ledger.closeServerRequest(request.key);
  }

  #refuseServerRequest({ lane, gatewayId, gatewayKey }: ServerRequest, because: string): void {
    lane.transmit(
      { kind: "error", idKey: gatewayKey, method: undefined, name: undefined, protocolVersion: undefined },
      invalidRequestLine(gatewayId, `the answer ${because}`),
      undefined,
    );
  }
}
