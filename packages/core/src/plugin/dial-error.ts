import { RouterError, type RouterErrorOptions } from "../errors/router-error.ts";

/** Why a connection could not be opened, or ended. */
export type DialReason =
  | "unreachable"
  | "timeout"
  | "tls"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "rate_limited"
  | "unavailable"
  | "protocol"
  | "proxy"
  | "credential"
  | "refused";

export interface DialErrorOptions extends RouterErrorOptions {
  /** A cause that waiting does not mend: requests are answered at once instead of being held. */
  readonly permanent?: boolean | undefined;
  /** The status of an HTTP answer, when there was one. */
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  /** `WWW-Authenticate` of that answer. */
  readonly challenge?: string | undefined;
}

const PERMANENT: ReadonlySet<DialReason> = new Set([
  "tls",
  "unauthorized",
  "forbidden",
  "not_found",
  "protocol",
  "credential",
]);

/** Thrown by a transport's `open`, an auth provider or a `beforeConnect` tap: this attempt to connect has failed. */
export class DialError extends RouterError {
  readonly reason: DialReason;
  readonly permanent: boolean;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly challenge: string | undefined;

  constructor(reason: DialReason, message: string, options: DialErrorOptions = {}) {
    super(`DIAL_${reason.toUpperCase()}`, message, { phase: "dial", ...options });
    this.reason = reason;
    this.permanent = options.permanent ?? PERMANENT.has(reason);
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.challenge = options.challenge;
  }

  static override is(value: unknown): value is DialError {
    return RouterError.is(value) && "permanent" in value && "reason" in value;
  }
}
