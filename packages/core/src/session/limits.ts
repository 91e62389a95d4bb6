/** The session's deadlines and bounds, in milliseconds and counts; 0 is none. */
export interface SessionLimits {
  readonly requestTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly callIdleTimeoutMs: number;
  /** Monotonic moment until which `initialize` waits for a gateway. */
  readonly holdInitializeUntil: number;
  /** What a single dial may take; a late `initialize` waits at least that long. */
  readonly connectTimeoutMs: number;
  /** How long a `server/discover` may take, so that the client falls back in time. */
  readonly discoverTimeoutMs: number;
  readonly maxConcurrentRequests: number;
  /** Requests of the gateway that may wait for the client at once. */
  readonly maxServerRequests: number;
  /** How long the client may read nothing. */
  readonly clientStallMs: number;
}

/**
 * How long a version probe may stay unanswered. Claude CLI gives it min(3 s, MCP_TIMEOUT / 3) and falls back to
 * `initialize` on an error; answering at 70 % of that leaves it time to hear.
 */
export function discoverTimeoutMs(env: { readonly [name: string]: string | undefined }): number {
  const connectMs = Number(env["MCP_TIMEOUT"]);
  const windowMs = Number.isFinite(connectMs) && connectMs > 0 ? Math.min(3000, connectMs / 3) : 3000;
  return 0.7 * windowMs;
}
