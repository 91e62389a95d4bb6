import { member } from "../message/json-member.ts";
import type { RawMessage } from "../message/raw-message.ts";
import type { JsonValue } from "../plugin/json.ts";

/** A request of the client, and the namespace it went out under; undefined by the rules. */
export interface Said {
  readonly message: RawMessage;
  readonly namespace: string | undefined;
}

/** What the client and the gateway agreed on; enough to say it again to another gateway session. */
export interface Handshake {
  /** The client's `initialize`. */
  readonly initialize: Said;
  readonly protocolVersion: string;
  /** What tells one server from another, as text. */
  readonly server: string;
  /** What the client knows the server can do. */
  readonly capabilities: JsonValue | undefined;
}

/** More subscriptions than this are not repeated: the oldest are forgotten. */
const MAX_SUBSCRIPTIONS = 10_000;

/**
 * Remembers what the client's session with the gateway consists of: the handshake, the log level, the subscriptions.
 * Self-contained requests (2026-07-28 on) leave nothing to remember.
 */
export class SessionMemory {
  #asking = false;
  #unanswered = 0;
  #handshake: Handshake | undefined;
  #initialized = false;
  #logLevel: Said | undefined;
  readonly #subscriptions = new Map<string, Said>();

  /** The agreed handshake; undefined before its reply. */
  get handshake(): Handshake | undefined {
    return this.#handshake;
  }

  /** Whether the client has begun a session at all; those of self-contained requests never do. */
  get asking(): boolean {
    return this.#asking;
  }

  /** Whether the client has sent `notifications/initialized`. */
  get initialized(): boolean {
    return this.#initialized;
  }

  /** Whether another connection could take part in the session now: it is agreed on, or there is none. */
  get repeatable(): boolean {
    return !this.#asking || (this.#unanswered === 0 && this.#handshake !== undefined && this.#initialized);
  }

  /** The last `logging/setLevel` that the gateway accepted. */
  get logLevel(): Said | undefined {
    return this.#logLevel;
  }

  /** The `resources/subscribe` that hold, oldest first. */
  get subscriptions(): Iterable<Said> {
    return this.#subscriptions.values();
  }

  get subscriptionCount(): number {
    return this.#subscriptions.size;
  }

  /** The client begins a session. What was agreed before holds until the gateway has accepted it. */
  asked(): void {
    this.#asking = true;
    this.#unanswered++;
  }

  /** An `initialize` has ended, however it did. */
  settled(): void {
    this.#unanswered--;
  }

  /** The gateway accepted this `initialize`: what was set up in an earlier session is over. */
  answered(initialize: Said, reply: RawMessage): void {
    const result = member(reply.json, "result");
    const protocolVersion = member(result, "protocolVersion");
    if (typeof protocolVersion !== "string") return;
    this.#initialized = false;
    this.#logLevel = undefined;
    this.#subscriptions.clear();
    this.#handshake = {
      initialize,
      protocolVersion,
      server: serverOf(result),
      capabilities: member(result, "capabilities"),
    };
  }

  /** A repeated handshake was answered by another server, which is the one to compare with from now on. */
  serverIs(server: string): void {
    if (this.#handshake !== undefined) this.#handshake = { ...this.#handshake, server };
  }

  clientInitialized(): void {
    this.#initialized = true;
  }

  /**
   * The gateway accepted a request.
   *
   * @returns whether it has set something for the rest of the session.
   */
  accepted(request: Said): boolean {
    if (!this.#asking) return false;
    const { method, uri } = request.message;
    if (method === "logging/setLevel") {
      this.#logLevel = request;
      return true;
    }
    if (uri === undefined || (method !== "resources/subscribe" && method !== "resources/unsubscribe")) return false;
    this.#subscriptions.delete(uri);
    if (method === "resources/subscribe") {
      this.#subscriptions.set(uri, request);
      if (this.#subscriptions.size > MAX_SUBSCRIPTIONS) this.#forgetOldest();
    }
    return true;
  }

  #forgetOldest(): void {
    for (const uri of this.#subscriptions.keys()) {
      this.#subscriptions.delete(uri);
      return;
    }
  }
}

/** What of an `initialize` result tells one server from another. */
export function serverOf(result: JsonValue | undefined): string {
  return JSON.stringify(["serverInfo", "capabilities", "instructions"].map((name) => member(result, name)));
}
