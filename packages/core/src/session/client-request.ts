import type { Lane } from "../lane/lane.ts";
import type { RawMessage } from "../message/raw-message.ts";
import type { RequestView } from "../plugin/hooks.ts";
import type { Outcome } from "../plugin/request-error.ts";
import type { Expiring } from "./deadlines.ts";
import { classOf, type MethodClass } from "./method-class.ts";

/**
 * Where a request is: with a plugin (`parked`), waiting for a lane (`held`), at the gateway (`sent`), refused there and to
 * be sent again in a while (`waiting`), with a plugin that looks at its answer (`answered`), or over (`settled`).
 */
export type RequestState = "parked" | "held" | "sent" | "waiting" | "answered" | "settled";

/** A request of the client, from the line it came in on to its one answer. */
export class ClientRequest implements RequestView, Expiring {
  readonly message: RawMessage;
  readonly id: string;
  readonly key: string;
  readonly method: string;
  readonly methodClass: MethodClass;
  readonly arrivedAt: number;
  /** Its progress token as it arrived; a plugin may edit the message later. */
  readonly progressKey: string | undefined;
  state: RequestState = "parked";
  /** The lane that carries it, or carried it last; only what comes on this lane can answer it. */
  lane: Lane | undefined = undefined;
  namespace: string | undefined = undefined;
  correlationId: string | undefined = undefined;
  attempts = 0;
  /** What is known of its execution while it waits to be sent, or sent again. */
  known: Exclude<Outcome, "executed"> = "not_sent";
  /** The value of the progress reported last. */
  progress = Number.NEGATIVE_INFINITY;
  sentAt: number | undefined = undefined;
  /** The token that the latest transmission carried. */
  token: string | undefined = undefined;
  /** Sent a second time because the gateway refused the credential of the first. */
  credentialRenewed = false;
  /** Sent a second time because the gateway refused the first for the token in it. */
  withoutToken = false;
  /** A subscription (2026-07-28) whose acknowledgement the client has seen. */
  acknowledged = false;
  expiresAt: number | undefined = undefined;
  expiryQueue = 0;

  constructor(message: RawMessage, id: string, key: string, method: string, arrivedAt: number) {
    this.message = message;
    this.id = id;
    this.key = key;
    this.method = method;
    this.methodClass = classOf(method);
    this.arrivedAt = arrivedAt;
    this.progressKey = message.progressKey;
  }

  /** Another lane carries it from now on, or none. */
  moveTo(lane: Lane | undefined): void {
    const before = this.lane;
    this.lane = lane;
    lane?.occupy();
    before?.release();
  }

  /** It has left on this lane. */
  sentOn(lane: Lane, transmission: string, now: number): void {
    this.state = "sent";
    this.token = lane.token;
    this.moveTo(lane);
    this.correlationId = transmission;
    this.attempts++;
    this.sentAt = now;
  }

  /** An attempt has ended like this. What may have run once may have run, however the next attempt ends. */
  learn(outcome: "not_executed" | "unknown"): void {
    if (this.known !== "unknown") this.known = outcome;
  }

  /**
   * Whether it belongs to the gateway session that also brings the notifications: what it sets, opens or asks for is known
   * nowhere else. Tasks of the `initialize` era are known to the session that made them.
   */
  get bound(): boolean {
    const { methodClass, method, message } = this;
    if (methodClass === "own" || methodClass === "state" || methodClass === "stream") return true;
    return message.protocolVersion === undefined && (method.startsWith("tasks/") || message.asksForTask);
  }

  /** Its size while it waits. */
  get bytes(): number {
    return this.message.bytes.length;
  }

  get name(): string | undefined {
    return this.message.name ?? this.message.uri;
  }
}
