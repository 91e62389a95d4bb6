import type { Dispatcher } from "../dispatch/dispatcher.ts";
import type { SealedHooks } from "../host/hook-set.ts";
import type { Lane } from "../lane/lane.ts";
import { member } from "../message/json-member.ts";
import type { RawMessage } from "../message/raw-message.ts";
import type { Inbound } from "../plugin/hooks.ts";
import type { Logger } from "../plugin/logger.ts";
import type { ClientRequest } from "./client-request.ts";
import type { Drops } from "./drops.ts";
import { MAX_LINE_BYTES } from "./gate.ts";
import type { Ledger } from "./ledger.ts";
import type { ListChanges } from "./list-changes.ts";
import type { RequestDeadlines } from "./request-deadlines.ts";
import type { SafeTools } from "./safe-tools.ts";
import type { ServerRequests } from "./server-requests.ts";
import type { Settlement } from "./settlement.ts";
import { missedNotices } from "./subscription-notices.ts";

export interface GatewayNotificationsOptions {
  readonly ledger: Ledger;
  readonly settlement: Settlement;
  readonly dispatcher: Dispatcher;
  readonly serverRequests: ServerRequests;
  readonly deadlines: RequestDeadlines;
  readonly listChanges: ListChanges;
  readonly safeTools: SafeTools;
  readonly hooks: SealedHooks;
  readonly drops: Drops;
  readonly log: Logger;
  readonly write: (line: Buffer) => void;
}

const ACKNOWLEDGED = "notifications/subscriptions/acknowledged";
const UPDATED = "notifications/resources/updated";
const LIST_CHANGES: ReadonlySet<string> = new Set([
  "notifications/tools/list_changed",
  "notifications/prompts/list_changed",
  "notifications/resources/list_changed",
]);

/** A notification that may pass, in the form in which it does, and the request it is about. */
interface Judged {
  readonly message: RawMessage;
  readonly request: ClientRequest | undefined;
}

/** Lets the gateway's notifications pass that are about something the client has open, or that it should hear of. */
export class GatewayNotifications {
  readonly #options: GatewayNotificationsOptions;

  constructor(options: GatewayNotificationsOptions) {
    this.#options = options;
  }

  take(lane: Lane, message: RawMessage): void {
    const judged = this.#judge(lane, message);
    if (typeof judged === "string") {
      this.#options.drops.count("gateway", judged);
      return;
    }
    if (this.#allowed(lane, judged)) this.#write(judged.message);
    const { request } = judged;
    if (request === undefined) return;
    if (message.method === ACKNOWLEDGED) request.acknowledged = true;
    else if (message.method === "notifications/cancelled") this.#options.settlement.cancel(request, "gateway");
  }

  #judge(lane: Lane, message: RawMessage): Judged | string {
    const { method = "" } = message;
    if (method === "notifications/progress") return this.#progress(lane, message);
    if (method === "notifications/cancelled") return this.#cancelled(lane, message);
    if (message.subscriptionKey !== undefined) return this.#notice(lane, message, message.subscriptionKey);
    const isListChange = LIST_CHANGES.has(method);
    if (!isListChange && method !== UPDATED) return { message, request: undefined };
    const { dispatcher, listChanges, safeTools } = this.#options;
    // A connection that is being replaced, or that waits for its turn, repeats what another one says.
    if (!dispatcher.brings(lane)) return "notification_of_other_connection";
    if (isListChange && listChanges.isEcho(method, lane)) return "list_changed_again";
    if (isListChange) safeTools.forget();
    return { message, request: undefined };
  }

  #progress(lane: Lane, message: RawMessage): Judged | string {
    const { ledger, deadlines } = this.#options;
    const request = message.progressKey === undefined ? undefined : ledger.byProgress(message.progressKey);
    // Clients end the session over progress for a request that is over, or that was never theirs.
    if (request?.lane !== lane || request.state !== "sent") return "progress_of_nothing";
    if (!advances(request, message)) return "progress_going_back";
    deadlines.progressed(request);
    return { message, request };
  }

  /** The gateway takes back what it has asked the client, or ends a subscription. */
  #cancelled(lane: Lane, message: RawMessage): Judged | string {
    const { serverRequests, ledger } = this.#options;
    const cancelled = serverRequests.cancelled(lane, message);
    if (cancelled !== undefined) return { message: cancelled, request: undefined };
    const request = message.cancelsKey === undefined ? undefined : ledger.request(message.cancelsKey);
    const subscribed = request?.lane === lane && request.state === "sent" && request.methodClass === "stream";
    return subscribed ? { message, request } : "cancel_of_nothing";
  }

  /** News of a subscription (2026-07-28) comes on the connection that carries it now, and is acknowledged once. */
  #notice(lane: Lane, message: RawMessage, subscription: string): Judged | string {
    const request = this.#options.ledger.request(subscription);
    if (request === undefined) return { message, request: undefined };
    if (request.lane !== lane) return "notification_of_other_connection";
    if (message.method !== ACKNOWLEDGED || !request.acknowledged) return { message, request };
    for (const notice of missedNotices(request)) this.#options.write(notice);
    return "acknowledged_again";
  }

  /** Asks the plugins about a notification of the gateway; those cannot be parked. */
  #allowed(lane: Lane, { message, request }: Judged): boolean {
    const { hooks, log, drops } = this.#options;
    const { onFrame } = hooks;
    if (!onFrame.used) return true;
    const inbound: Inbound = { message, request, endpoint: lane.endpoint };
    let decision = onFrame.decide(inbound);
    while (decision?.verdict.verdict === "hold") {
      log.warn({ plugin: decision.plugin }, "hold() works on requests and replies only; the message goes on");
      decision = onFrame.decide(inbound, decision.place + 1);
    }
    if (decision !== undefined) drops.count("gateway", "plugin");
    return decision === undefined;
  }

  #write(message: RawMessage): void {
    const bytes = message.extraMembers ? message.normalised() : message.bytes;
    if (bytes.length > MAX_LINE_BYTES) this.#options.drops.count("gateway", "too_large");
    else this.#options.write(bytes);
  }
}

/**
 * Whether progress goes on from what was reported before. Values must increase; a request that was sent a second time
 * reports again what the client has seen already.
 */
function advances(request: ClientRequest, message: RawMessage): boolean {
  const value = member(member(message.json, "params"), "progress");
  if (typeof value !== "number") return true;
  if (value < request.progress || (value === request.progress && request.attempts > 1)) return false;
  request.progress = value;
  return true;
}
