import { RouterError, type RouterErrorOptions } from "../errors/router-error.ts";

/** Why a request was answered by the router instead of the gateway. */
export type Reason =
  | "UPSTREAM_UNAVAILABLE"
  | "UPSTREAM_LOST"
  | "TIMEOUT"
  | "RATE_LIMITED"
  | "CIRCUIT_OPEN"
  | "QUEUE_FULL"
  | "AUTH_FAILED"
  | "TOO_LARGE"
  | "SHUTTING_DOWN"
  | "BAD_UPSTREAM_REPLY"
  | "PLUGIN_REJECTED"
  | "PLUGIN_FAILED";

/**
 * What the router knows about the execution of a request: no byte was handed over (`not_sent`), the gateway refused it
 * before working on it (`not_executed`), it was sent and no reply was seen (`unknown`), a reply was seen (`executed`).
 */
export type Outcome = "not_sent" | "not_executed" | "unknown" | "executed";

/** JSON-RPC codes of the router's own answers, outside the block that JSON-RPC reserves. */
export const REASON_CODES: { readonly [R in Reason]: number } = Object.freeze({
  UPSTREAM_UNAVAILABLE: -31001,
  UPSTREAM_LOST: -31002,
  TIMEOUT: -31003,
  RATE_LIMITED: -31004,
  CIRCUIT_OPEN: -31005,
  QUEUE_FULL: -31006,
  AUTH_FAILED: -31007,
  TOO_LARGE: -31008,
  SHUTTING_DOWN: -31009,
  BAD_UPSTREAM_REPLY: -31010,
  PLUGIN_REJECTED: -31011,
  PLUGIN_FAILED: -31011,
});

export interface RequestErrorOptions extends RouterErrorOptions {
  readonly outcome?: Outcome | undefined;
  readonly retryable?: boolean | undefined;
  /** Milliseconds after which the same request may succeed. */
  readonly retryAfterMs?: number | undefined;
  /** For `TOO_LARGE`: which way the message was going. */
  readonly direction?: "request" | "reply" | undefined;
}

const RETRYABLE: ReadonlySet<Reason> = new Set(["UPSTREAM_UNAVAILABLE", "RATE_LIMITED", "CIRCUIT_OPEN", "QUEUE_FULL"]);

/** The error a client's request ends with when the router answers it. `message` is what the model reads. */
export class RequestError extends RouterError {
  readonly reason: Reason;
  readonly outcome: Outcome;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly direction: "request" | "reply" | undefined;

  constructor(reason: Reason, message: string, options: RequestErrorOptions = {}) {
    super(reason, message, options);
    this.reason = reason;
    this.outcome = options.outcome ?? "not_sent";
    this.retryable = options.retryable ?? RETRYABLE.has(reason);
    this.retryAfterMs = options.retryAfterMs;
    this.direction = options.direction;
  }

  static override is(value: unknown): value is RequestError {
    return RouterError.is(value) && "reason" in value && "outcome" in value;
  }
}
