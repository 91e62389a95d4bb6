import type { DialError } from "@mcp-router/core/plugin";
import { credentialError } from "./credential-error.ts";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
/** Up to this share of a wait is left out, so that many routers do not ask together. */
const SPREAD = 0.2;
/** How often a server is asked that refuses this client. */
const FINAL_AFTER = 2;

/** Sees to it that a server that gives no tokens is left in peace: growing waits, and an end where waiting is no use. */
export class Attempts {
  readonly #random: () => number;
  #failures = 0;
  #finals = 0;
  #notBefore = Number.NEGATIVE_INFINITY;
  #last: DialError | undefined;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Why the latest request failed; undefined when it did not. */
  get lastError(): DialError | undefined {
    return this.#last;
  }

  /** @throws DialError the latest one again, as long as the next request has to wait. */
  check(): void {
    if (this.#last === undefined) return;
    const waitMs = this.#notBefore - performance.now();
    if (this.#finals < FINAL_AFTER && waitMs <= 0) return;
    const { message, hint, permanent, status } = this.#last;
    const final = this.#finals >= FINAL_AFTER;
    throw credentialError(message, {
      hint: final
        ? `${hint ?? ""} It is asked again when a secret's file changes, or the router starts anew.`.trim()
        : hint,
      permanent,
      status,
      ...(final ? {} : { retryAfterMs: Math.ceil(waitMs) }),
      cause: this.#last,
    });
  }

  /** @param final The server refuses this client, and will until somebody changes something. */
  failed(error: DialError, final: boolean): void {
    this.#failures++;
    if (final) this.#finals++;
    const grown = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#failures - 1, 16));
    const waitMs = Math.max(grown * (1 - SPREAD * this.#random()), error.retryAfterMs ?? 0);
    this.#notBefore = performance.now() + waitMs;
    this.#last = error;
  }

  /** A token was given, or what was wrong may be right now. */
  reset(): void {
    this.#failures = 0;
    this.#finals = 0;
    this.#notBefore = Number.NEGATIVE_INFINITY;
    this.#last = undefined;
  }
}
