import { member } from "../message/json-member.ts";
import type { ChannelEnd } from "../plugin/transport.ts";
import type { ClientRequest } from "./client-request.ts";
import type { RetryBudget } from "./retry-budget.ts";
import type { SafeTools } from "./safe-tools.ts";

/** A request that waits for one answer goes out at most this often in all. */
const MAX_ATTEMPTS = 3;
/** The peer found a message too large: the same message would end the next connection too. */
const TOO_LARGE = 1009;
/** What a gateway that names no time is given after its first refusal, in milliseconds; doubled after each. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** Pauses are stretched by up to this share, so that what was refused together does not come back together. */
const SPREAD = 0.25;

export interface ResendOptions {
  readonly budget: RetryBudget;
  readonly safeTools: SafeTools;
  readonly random: () => number;
}

/** Decides what may be sent once more. What may act is never sent twice unless somebody vouches for it. */
export class Resend {
  readonly #options: ResendOptions;

  constructor(options: ResendOptions) {
    this.#options = options;
  }

  /** Whether a request whose connection was lost may be sent once more; charges the budget when it may. */
  afterLoss(request: ClientRequest, end: ChannelEnd): boolean {
    const { budget, safeTools } = this.#options;
    if (end.code === TOO_LARGE || isOneTimeRetry(request)) return false;
    // The handshake and subscriptions live through any number of connections: the pauses between those bound them.
    if (request.methodClass === "own" || request.methodClass === "stream") return true;
    if (request.methodClass === "act" && !safeTools.has(request)) return false;
    return request.attempts < MAX_ATTEMPTS && budget.spend();
  }

  /**
   * How long a request that the gateway refused before it ran waits until it is sent once more; undefined when it is not.
   *
   * @param retryAfterMs What the gateway asked for.
   * @param leftMs The time the request has.
   */
  afterRefusal(request: ClientRequest, retryAfterMs: number | undefined, leftMs: number): number | undefined {
    if (request.methodClass === "act" && request.attempts > 1) return undefined;
    const { budget, random } = this.#options;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(request.attempts - 1, 16));
    const delayMs = Math.max(retryAfterMs ?? 0, pause) * (1 + SPREAD * random());
    return delayMs < leftMs && budget.spend() ? delayMs : undefined;
  }
}

/** A retry with the answers to a server's questions works once. */
function isOneTimeRetry(request: ClientRequest): boolean {
  const { bytes } = request.message;
  if (!bytes.includes("inputResponses") && !bytes.includes("requestState")) return false;
  const params = member(request.message.json, "params");
  return member(params, "inputResponses") !== undefined || member(params, "requestState") !== undefined;
}
