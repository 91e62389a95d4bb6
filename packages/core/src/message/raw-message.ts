import type { JsonValue } from "../plugin/json.ts";
import type { Message, MessageKind } from "../plugin/message.ts";
import { deepFreeze } from "./freeze.ts";
import { idKey } from "./id-key.ts";
import { idTextAt } from "./id-text.ts";
import { stringAt } from "./judge-message.ts";
import { MalformedMessage } from "./malformed-message.ts";
import { editMember, replaceMessage, type EditedMessage } from "./message-edit.ts";
import type { MessageScan } from "./message-scan.ts";
import { methodAt } from "./method-name.ts";
import { normaliseMessage } from "./normalise-message.ts";
import type { ReplyFlaw } from "./refusal.ts";
import { scanMessage } from "./scan-message.ts";
import type { Span } from "./span.ts";
import { spliceBytes, withoutLineBreaks, type Replacement } from "./splice-bytes.ts";

/** Ids and tokens that the session puts in place of the sender's: raw JSON texts. */
export interface RewrittenIds {
  readonly id?: string | undefined;
  readonly progressToken?: string | undefined;
  /** `params.requestId` of a cancellation. */
  readonly requestId?: string | undefined;
}

/** A message as the bytes it came in as, with facts decoded when first asked for. */
export class RawMessage implements Message {
  #bytes: Buffer;
  /** Its spans count from `#scan.start`, which is where `#bytes` began in the buffer that was scanned. */
  #scan: MessageScan;
  readonly kind: MessageKind;
  #id: string | undefined = undefined;
  #idKey: string | undefined = undefined;
  #method: string | undefined = undefined;
  #name: string | undefined = undefined;
  #uri: string | undefined = undefined;
  #json: JsonValue | undefined = undefined;

  constructor(bytes: Buffer, scan: MessageScan, kind: MessageKind) {
    this.#bytes = bytes;
    this.#scan = scan;
    this.kind = kind;
  }

  static read(bytes: Buffer): RawMessage | MalformedMessage {
    return readMessage(bytes);
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  get id(): string | undefined {
    return (this.#id ??= this.#idText(this.#scan.id) ?? (this.kind === "error" ? "null" : undefined));
  }

  get idKey(): string | undefined {
    return (this.#idKey ??= keyOf(this.id));
  }

  get method(): string | undefined {
    return (this.#method ??= this.#readMethod());
  }

  get name(): string | undefined {
    return (this.#name ??= this.#string(this.#scan.name));
  }

  get uri(): string | undefined {
    return (this.#uri ??= this.#string(this.#scan.uri));
  }

  get cancelsKey(): string | undefined {
    return keyOf(this.#idText(this.#requestIdSpan()));
  }

  get progressKey(): string | undefined {
    return keyOf(this.#idText(this.#progressTokenSpan()));
  }

  /** The progress token as written. */
  get progressToken(): string | undefined {
    return this.#idText(this.#progressTokenSpan());
  }

  get protocolVersion(): string | undefined {
    return this.#string(this.#scan.metaProtocolVersion);
  }

  /** `params._meta["io.modelcontextprotocol/subscriptionId"]` of a notice, as a key comparable with `idKey`. */
  get subscriptionKey(): string | undefined {
    return keyOf(this.#idText(this.#scan.metaSubscriptionId));
  }

  /** Whether its params ask for a task (2025-11-25), which belongs to the gateway session that made it. */
  get asksForTask(): boolean {
    return this.#scan.task !== undefined;
  }

  /** Whether it has top-level members that do not belong to a message of its kind. */
  get extraMembers(): boolean {
    return this.#scan.extraMembers;
  }

  /** Why official clients would reject this reply; undefined when they would not. */
  get replyFlaw(): ReplyFlaw | undefined {
    return this.#scan.replyFlaw;
  }

  get json(): JsonValue {
    if (this.#json === undefined) {
      const parsed: JsonValue = JSON.parse(this.#bytes.toString("utf8"));
      this.#json = deepFreeze(parsed);
    }
    return this.#json;
  }

  set(pointer: string, value: JsonValue): void {
    this.#become(editMember(this, pointer, value));
  }

  replace(json: JsonValue): void {
    this.#become(replaceMessage(this, json));
  }

  /** The bytes with another id; an error reply without one gets it. */
  withId(rawId: string): Buffer {
    return this.withIds({ id: rawId });
  }

  /** The bytes with another progress token; unchanged when the message has none. */
  withProgressToken(raw: string): Buffer {
    return this.withIds({ progressToken: raw });
  }

  /** The bytes of a cancellation that cancels another request; unchanged when this is none. */
  withCancelledId(raw: string): Buffer {
    return this.withIds({ requestId: raw });
  }

  /** Several of these at once, in one copy. */
  withIds({ id, progressToken, requestId }: RewrittenIds): Buffer {
    const replacements: Replacement[] = [];
    if (id !== undefined) {
      if (this.#scan.id !== undefined) replacements.push(this.#replacement(this.#scan.id, id));
      else if (this.kind === "error") replacements.push({ start: 1, end: 1, text: `"id":${id},` });
    }
    const token = this.#progressTokenSpan();
    if (progressToken !== undefined && token !== undefined) replacements.push(this.#replacement(token, progressToken));
    const cancelled = this.#requestIdSpan();
    if (requestId !== undefined && cancelled !== undefined) replacements.push(this.#replacement(cancelled, requestId));
    if (replacements.length === 0) return this.#bytes;
    return spliceBytes(
      this.#bytes,
      replacements.sort((left, right) => left.start - right.start),
    );
  }

  /** The message rebuilt from the members that belong to its kind, each value byte for byte. */
  normalised(): Buffer {
    return normaliseMessage(this.#bytes, this.#scan);
  }

  #become(edited: EditedMessage | undefined): void {
    if (edited === undefined) return;
    this.#bytes = edited.bytes;
    this.#scan = edited.scan;
    this.#id = undefined;
    this.#idKey = undefined;
    this.#method = undefined;
    this.#name = undefined;
    this.#uri = undefined;
    this.#json = undefined;
  }

  #readMethod(): string | undefined {
    const { method, start } = this.#scan;
    return method === undefined ? undefined : methodAt(this.#bytes, method.start - start, method.end - start);
  }

  #requestIdSpan(): Span | undefined {
    return this.#scan.requestId !== undefined && this.method === "notifications/cancelled"
      ? this.#scan.requestId
      : undefined;
  }

  #progressTokenSpan(): Span | undefined {
    const { metaProgressToken, progressToken } = this.#scan;
    if (this.kind === "request") return metaProgressToken;
    return progressToken !== undefined && this.method === "notifications/progress" ? progressToken : undefined;
  }

  #idText(span: Span | undefined): string | undefined {
    if (span === undefined) return undefined;
    const { start } = this.#scan;
    return idTextAt(this.#bytes, span.start - start, span.end - start);
  }

  #string(span: Span | undefined): string | undefined {
    if (span === undefined) return undefined;
    const { start } = this.#scan;
    return stringAt(this.#bytes, span.start - start, span.end - start);
  }

  #replacement(span: Span, text: string): Replacement {
    const { start } = this.#scan;
    return { start: span.start - start, end: span.end - start, text };
  }
}

/** Reads one message, or says what is wrong with it. The result may be a view on `bytes`, which must not change. */
export function readMessage(bytes: Buffer, start = 0, end: number = bytes.length): RawMessage | MalformedMessage {
  return messageOfScan(bytes, scanMessage(bytes, start, end), start, end);
}

/** The message a scan found; `start` and `end` bound what a text that is no JSON at all keeps of the buffer. */
export function messageOfScan(
  buffer: Buffer,
  scan: MessageScan,
  start: number,
  end: number,
): RawMessage | MalformedMessage {
  const { refusal, kind } = scan;
  if (scan.end < 0) scan.start = start;
  const last = scan.end < 0 ? end : scan.end;
  let bytes = scan.start === 0 && last === buffer.length ? buffer : buffer.subarray(scan.start, last);
  if (scan.rawLineBreaks && scan.end >= 0) bytes = withoutLineBreaks(bytes);
  if (refusal !== undefined) return new MalformedMessage(bytes, scan, refusal);
  if (kind === undefined) return new MalformedMessage(bytes, scan, "no_method");
  return new RawMessage(bytes, scan, kind);
}

function keyOf(rawText: string | undefined): string | undefined {
  return rawText === undefined ? undefined : idKey(rawText);
}
