import type { Dispatcher } from "../dispatch/dispatcher.ts";
import type { Decision } from "../host/message-hook.ts";
import type { SealedHooks } from "../host/hook-set.ts";
import { messageOf } from "../host/tap-faults.ts";
import { asClause } from "../errors/clause.ts";
import { escapeForPeople } from "../errors/escape.ts";
import type { SessionMemory } from "../lane/session-memory.ts";
import type { Lane } from "../lane/lane.ts";
import type { Correlation, FaultRead, MalformedRead, WireRead } from "../lane/wire.ts";
import type { RawMessage } from "../message/raw-message.ts";
import { readOwn } from "../message/read-own.ts";
import type { Inbound } from "../plugin/hooks.ts";
import type { Logger } from "../plugin/logger.ts";
import { RequestError } from "../plugin/request-error.ts";
import type { SettledVerdict, Verdict } from "../plugin/verdict.ts";
import type { ClientRequest } from "./client-request.ts";
import type { Drops } from "./drops.ts";
import { badReply, passReply } from "./gate.ts";
import { saysForgotten } from "./forgotten-session.ts";
import type { CarryOver } from "./carry-over.ts";
import { faultError, isPassing } from "./gateway-fault.ts";
import type { GatewayNotifications } from "./gateway-notifications.ts";
import { outcomeWords } from "./known-outcome.ts";
import type { Ledger } from "./ledger.ts";
import type { OwedAnswers } from "./owed-answers.ts";
import type { RetryBudget } from "./retry-budget.ts";
import { pluginResultLine } from "./router-answer.ts";
import type { SafeTools } from "./safe-tools.ts";
import type { ServerRequests } from "./server-requests.ts";
import type { Settlement } from "./settlement.ts";
import { notUnderstood, waitingHandshake } from "./waiting-handshake.ts";

export interface GatewayIntakeOptions {
  readonly ledger: Ledger;
  readonly settlement: Settlement;
  readonly dispatcher: Dispatcher;
  readonly serverRequests: ServerRequests;
  readonly notifications: GatewayNotifications;
  readonly carryOver: CarryOver;
  readonly owed: OwedAnswers;
  readonly safeTools: SafeTools;
  readonly budget: RetryBudget;
  readonly hooks: SealedHooks;
  readonly memory: SessionMemory;
  readonly drops: Drops;
  readonly log: Logger;
  readonly write: (line: Buffer) => void;
  /** Registers a secret for redaction by value. */
  readonly redact: (text: string) => void;
}

/** Takes the gateway's messages: matches them with what is open, asks the plugins, and lets pass what the gate allows. */
export class GatewayIntake {
  readonly #options: GatewayIntakeOptions;

  constructor(options: GatewayIntakeOptions) {
    this.#options = options;
  }

  received(lane: Lane, read: WireRead): void {
    if (read.type === "malformed") {
      this.#malformed(lane, read);
      return;
    }
    if (read.type === "fault") {
      this.#fault(lane, read);
      return;
    }
    if (read.rotatedToken !== undefined) {
      this.#options.redact(read.rotatedToken);
      lane.rotateToken(read.rotatedToken);
    }
    if (read.signal !== undefined) {
      this.#options.hooks.onGatewaySignal.call({ endpoint: lane.endpoint, signal: read.signal });
    }
    const { message, envelope } = read;
    if (message.kind === "request") this.#ask(lane, message, undefined);
    else if (message.kind === "notification") this.#options.notifications.take(lane, message);
    else this.#reply(lane, message, envelope);
  }

  /** What cannot be read but can be matched is answered at once: the client would wait for nothing. */
  #malformed(lane: Lane, read: MalformedRead): void {
    const { drops, log, settlement } = this.#options;
    drops.count("gateway", "malformed");
    log.warn({ endpoint: lane.endpoint.name }, `the gateway sent something that is no message: ${read.reason}`);
    const named = read.idKeys.map((key) => this.#openOn(lane, key));
    for (const request of [...named, this.#correlated(lane, read.envelope)]) {
      if (request !== undefined) settlement.fail(request, badReply(read.reason));
    }
  }

  /** An error of the gateway itself. A refused credential is renewed once before the request fails. */
  #fault(lane: Lane, { fault, envelope }: FaultRead): void {
    const { drops, log, settlement, carryOver, ledger } = this.#options;
    const handshake = fault.code === "UNAUTHORIZED" ? undefined : waitingHandshake(ledger, lane);
    const request = this.#correlated(lane, envelope) ?? handshake;
    log.warn(
      { endpoint: lane.endpoint.name, code: fault.code },
      `the gateway reports an error: ${escapeForPeople(fault.message)}`,
    );
    if (request === undefined) {
      drops.count("gateway", "fault");
      if (fault.code === "UNAUTHORIZED") lane.unauthorized();
      return;
    }
    if (fault.code === "UNAUTHORIZED" && !request.credentialRenewed) {
      request.credentialRenewed = true;
      request.moveTo(undefined);
      request.state = "parked";
      request.learn("not_executed");
      void this.#sendAgain(request, lane);
      return;
    }
    if (!request.withoutToken && lane.refusesToken(fault)) {
      request.withoutToken = true;
      request.moveTo(undefined);
      request.state = "parked";
      request.learn("not_executed");
      carryOver.again(request, "token");
      return;
    }
    lane.mayWantToken(fault);
    if (isPassing(fault) && carryOver.refused(request, fault.retryAfterMs)) return;
    settlement.fail(request, faultError(fault, request.known));
  }

  async #sendAgain(request: ClientRequest, refusedOn: Lane): Promise<void> {
    const { carryOver, settlement, memory } = this.#options;
    try {
      await refusedOn.renewCredential(request.token);
      if (memory.repeatable) refusedOn.outwear(request.token);
      if (request.state === "parked") carryOver.again(request, "credential");
    } catch (cause) {
      const { known } = request;
      const text = `sign-in at the gateway failed: ${asClause(messageOf(cause))}. ${outcomeWords(known)}`;
      settlement.fail(request, new RequestError("AUTH_FAILED", text, { outcome: known, cause }));
    }
  }

  #reply(lane: Lane, received: RawMessage, envelope: Correlation | undefined): void {
    let message = received;
    let request = this.#openOn(lane, message.idKey);
    if (request === undefined) {
      request = this.#misnamed(lane, message, envelope);
      if (request !== undefined) message = restored(message, request.id);
    }
    if (request === undefined) {
      const { drops, owed, ledger, settlement } = this.#options;
      const late = message.idKey !== undefined && owed.paid(message.idKey, lane);
      const handshake = late || message.kind !== "error" ? undefined : waitingHandshake(ledger, lane);
      if (handshake !== undefined) settlement.fail(handshake, notUnderstood(message));
      drops.count("gateway", late ? "late_reply" : "reply_to_nothing");
      return;
    }
    const { onFrame } = this.#options.hooks;
    if (!onFrame.used) {
      this.#passReply(request, message);
      return;
    }
    const inbound: Inbound = { message, request, endpoint: lane.endpoint };
    this.#continueReply(request, inbound, message, onFrame.decide(inbound));
  }

  #continueReply(request: ClientRequest, inbound: Inbound, message: RawMessage, decision: Decision | undefined): void {
    const { hooks } = this.#options;
    const verdict = decision?.verdict;
    if (decision === undefined || verdict === undefined) {
      this.#passReply(request, message);
      return;
    }
    if (verdict.verdict !== "hold") {
      this.#replaceReply(request, verdict, decision.plugin);
      return;
    }
    const { plugin, place } = decision;
    request.state = "answered";
    const go = (settled: SettledVerdict): void => {
      if (request.state !== "answered") return;
      if (settled === undefined)
        this.#continueReply(request, inbound, message, hooks.onFrame.decide(inbound, place + 1));
      else this.#replaceReply(request, settled, plugin);
    };
    // The promise has its owner here: the hold of a decision never rejects, and nothing that follows throws.
    void verdict.settled.then((settled) => go(settled ?? undefined));
  }

  #replaceReply(request: ClientRequest, verdict: Exclude<Verdict, { verdict: "hold" }>, plugin: string): void {
    const { settlement } = this.#options;
    if (verdict.verdict === "reply") {
      const line = pluginResultLine(request.id, verdict.result, plugin);
      if (Buffer.isBuffer(line)) settlement.answer(request, line, true, plugin);
      else settlement.fail(request, line, plugin);
      return;
    }
    const error =
      verdict.verdict === "reject"
        ? verdict.error
        : new RequestError(
            "PLUGIN_REJECTED",
            `the plugin ${plugin} dropped the answer: ${verdict.reason}. The call has run.`,
            {
              plugin,
              outcome: "executed",
            },
          );
    settlement.fail(request, error, plugin);
  }

  #passReply(request: ClientRequest, message: RawMessage): void {
    const { settlement, drops } = this.#options;
    if (this.#isForgotten(request, message)) return;
    const passed = passReply(message);
    if (Buffer.isBuffer(passed)) {
      const ok = message.kind === "response";
      if (ok) this.#remember(request, message);
      settlement.answer(request, passed, ok, "gateway");
      return;
    }
    drops.count("gateway", passed.reason === "TOO_LARGE" ? "too_large" : "bad_reply");
    settlement.fail(request, passed);
  }

  /** The gateway has lost the session and kept the connection: another one gets the session, and then the request. */
  #isForgotten(request: ClientRequest, reply: RawMessage): boolean {
    const { memory, carryOver } = this.#options;
    const { lane } = request;
    if (lane?.initialized !== true || !memory.repeatable || !saysForgotten(reply)) return false;
    lane.forgotten();
    return carryOver.refused(request, undefined);
  }

  /** What an answer means for the connections that come after this one. */
  #remember(request: ClientRequest, reply: RawMessage): void {
    const { memory, dispatcher, safeTools, budget } = this.#options;
    const { methodClass, method, lane, message, namespace } = request;
    budget.succeeded();
    if (method === "tools/list") safeTools.learn(reply);
    if (lane === undefined) return;
    if (method === "initialize") {
      lane.learn(reply);
      memory.answered({ message, namespace }, reply);
      dispatcher.sessionBegun(lane);
    } else if (methodClass === "state" && memory.accepted({ message, namespace })) {
      dispatcher.applied({ message, namespace }, lane);
    }
  }

  /** A request of the gateway. */
  #ask(lane: Lane, message: RawMessage, from: number | undefined): void {
    const { hooks, serverRequests } = this.#options;
    const { onFrame } = hooks;
    if (!onFrame.used) {
      serverRequests.pass(lane, message);
      return;
    }
    const decision = onFrame.decide({ message, request: undefined, endpoint: lane.endpoint }, from);
    const verdict = decision?.verdict;
    if (decision === undefined || verdict === undefined) serverRequests.pass(lane, message);
    else if (verdict.verdict !== "hold") serverRequests.refuse(lane, message, verdict, decision.plugin);
    else {
      const { plugin, place } = decision;
      // The promise has its owner here: the hold of a decision never rejects, and nothing that follows throws.
      void verdict.settled.then((settled) => {
        if (settled === undefined) this.#ask(lane, message, place + 1);
        else serverRequests.refuse(lane, message, settled, plugin);
      });
    }
  }

  /** The open request of that id, if this lane carries it and it still waits for its answer. */
  #openOn(lane: Lane, key: string | undefined): ClientRequest | undefined {
    const request = key === undefined ? undefined : this.#options.ledger.request(key);
    return request?.lane === lane && request.state === "sent" ? request : undefined;
  }

  /** The open request whose transmission the envelope names. */
  #correlated(lane: Lane, envelope: Correlation | undefined): ClientRequest | undefined {
    return this.#transmitted(lane, envelope?.correlationId) ?? this.#transmitted(lane, envelope?.id);
  }

  #transmitted(lane: Lane, id: string | undefined): ClientRequest | undefined {
    const request = id === undefined ? undefined : this.#options.ledger.byCorrelation(id);
    return request?.lane === lane && request.state === "sent" ? request : undefined;
  }

  /** Some gateways answer errors under the id of the envelope, or under none. */
  #misnamed(lane: Lane, message: RawMessage, envelope: Correlation | undefined): ClientRequest | undefined {
    const { id } = message;
    if (id?.startsWith('"') === true) return this.#transmitted(lane, id.slice(1, -1));
    return message.kind === "error" && id === "null" ? this.#correlated(lane, envelope) : undefined;
  }
}

/** The message under the id that the client knows its request by. */
function restored(message: RawMessage, id: string): RawMessage {
  return readOwn(message.withId(id));
}
