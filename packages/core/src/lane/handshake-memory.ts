import type { RawMessage } from "../message/raw-message.ts";
import type { JsonValue } from "../plugin/json.ts";

/** What the client and the gateway agreed on; enough to say it again to another gateway session. */
export interface Handshake {
  /** The client's `initialize`. */
  readonly initialize: RawMessage;
  readonly protocolVersion: string;
  /** What tells one server from another, as text. */
  readonly server: string;
  /** What the client knows the server can do. */
  readonly capabilities: JsonValue | undefined;
}

/** Remembers the handshake of the client's session. Self-contained requests (2026-07-28 on) leave nothing to remember. */
export class HandshakeMemory {
  #asking = false;
  #handshake: Handshake | undefined;
  #initialized = false;

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

  /** The client begins a session. What was agreed before holds until the gateway has accepted it. */
  asked(): void {
    this.#asking = true;
  }

  /** The gateway accepted this `initialize`. */
  answered(initialize: RawMessage, reply: RawMessage): void {
    const result = member(reply.json, "result");
    const protocolVersion = member(result, "protocolVersion");
    if (typeof protocolVersion !== "string") return;
    this.#initialized = false;
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
}

/** What of an `initialize` result tells one server from another. */
export function serverOf(result: JsonValue | undefined): string {
  return JSON.stringify(["serverInfo", "capabilities", "instructions"].map((name) => member(result, name)));
}

/** A member of a JSON object; undefined for anything else. */
export function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const found = Object.entries(value).find(([key]) => key === name);
  return found?.[1];
}
