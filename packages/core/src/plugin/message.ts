import type { JsonValue } from "./json.ts";

/** `response` carries a `result`, `error` carries an `error`; both answer a request. */
export type MessageKind = "request" | "notification" | "response" | "error";

/**
 * One JSON-RPC message as it travels through the router.
 *
 * The bytes are the sender's own: number spelling, key order and white space survive. Facts are read by a scanner that
 * never parses the payload; {@link Message.json} is parsed on first use, for whoever asks.
 */
export interface Message {
  /** The message as it will be sent on: one JSON object without raw line breaks. */
  readonly bytes: Buffer;
  readonly kind: MessageKind;
  /** The id exactly as written (`7`, `"a"`), `null` for an error reply without one; absent on notifications. */
  readonly id: string | undefined;
  /** Equal for two spellings of the same id, different for `1` and `"1"`. */
  readonly idKey: string | undefined;
  readonly method: string | undefined;
  /** `params.name`: the tool or prompt that a request names. */
  readonly name: string | undefined;
  /** `params.uri`: the resource that a request names. */
  readonly uri: string | undefined;
  /** `params.requestId` of `notifications/cancelled`, as a key comparable with {@link Message.idKey}. */
  readonly cancelsKey: string | undefined;
  /** The progress token: `params._meta.progressToken` of a request, `params.progressToken` of a progress notification. */
  readonly progressKey: string | undefined;
  /** `params._meta["io.modelcontextprotocol/protocolVersion"]`: present on self-contained requests (2026-07-28 on). */
  readonly protocolVersion: string | undefined;
  /** The payload, parsed on first use and deeply frozen. */
  readonly json: JsonValue;
  /**
   * Replaces or adds one member, leaving every other byte as it is.
   *
   * @param pointer JSON Pointer (RFC 6901); its parent must exist.
   * @throws MessageEditError when the pointer does not resolve, or would change the id, the method or the kind.
   */
  set(pointer: string, value: JsonValue): void;
  /**
   * Replaces the whole payload.
   *
   * @throws MessageEditError when the id, the method or the kind would change.
   */
  replace(json: JsonValue): void;
}
