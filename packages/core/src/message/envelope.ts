import { EnvelopeFacts } from "./envelope-facts.ts";
import { beginsAsMessage, scanEnvelope, type EnvelopeScan } from "./envelope-scan.ts";
import { QUOTE } from "./json-grammar.ts";
import { asciiJson, jsonString } from "./json-string.ts";
import { messageOfScan, readMessage } from "./raw-message.ts";
import { scanMessage } from "./scan-message.ts";

export interface EnvelopeWriterOptions {
  /** Who sends: `local-router` unless told otherwise. */
  readonly source?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
}

/** What changes from one transmission to the next. */
export interface EnvelopeFields {
  readonly id: string;
  readonly namespace: string;
  /** The raw token, without a scheme word; escaped here. Absent: no `auth_token`. */
  readonly token?: string | undefined;
  readonly correlationId?: string | undefined;
  /** A JSON object, as text. */
  readonly metadataJson?: string | undefined;
}

const CLOSING = 0x7d;

/** Puts messages into envelopes: everything around the payload is written in one go, the payload is copied as it is. */
export class EnvelopeWriter {
  readonly #now: () => number;
  readonly #source: string;
  #stampedAt = Number.NaN;
  /** `,"timestamp":"…","source":"…","target_namespace":` of the last millisecond. */
  #stamp = "";
  #namespace: string | undefined = undefined;
  #token: string | undefined = undefined;
  /** `"…","auth_token":"…"` of the namespace and token used last. */
  #target = "";

  constructor({ source = "local-router", now = Date.now }: EnvelopeWriterOptions = {}) {
    this.#now = now;
    this.#source = jsonString(source);
  }

  write(payload: Buffer, fields: EnvelopeFields): Buffer {
    const { id, namespace, token, correlationId, metadataJson } = fields;
    const now = this.#now();
    if (now !== this.#stampedAt) this.#stampAt(now);
    if (namespace !== this.#namespace || token !== this.#token) this.#aimAt(namespace, token);
    let head = `{"id":${jsonString(id)}${this.#stamp}${this.#target}`;
    if (correlationId !== undefined) head += `,"correlation_id":${jsonString(correlationId)}`;
    if (metadataJson !== undefined) head += `,"metadata":${asciiJson(metadataJson)}`;
    head += ',"mcp_payload":';
    const { length } = head;
    const frame = Buffer.allocUnsafe(length + payload.length + 1);
    frame.write(head, 0, length, "latin1");
    frame.set(payload, length);
    frame[length + payload.length] = CLOSING;
    return frame;
  }

  #stampAt(now: number): void {
    this.#stampedAt = now;
    this.#stamp = `,"timestamp":"${new Date(now).toISOString()}","source":${this.#source},"target_namespace":`;
  }

  #aimAt(namespace: string, token: string | undefined): void {
    this.#namespace = namespace;
    this.#token = token;
    this.#target = jsonString(namespace);
    if (token !== undefined) this.#target += `,"auth_token":${jsonString(token)}`;
  }
}

/**
 * Opens what a gateway sent: an envelope, whatever the order of its members, or a bare JSON-RPC message. UTF-8 is the
 * transport's concern. What has `mcp_payload` is an envelope, whatever else it has.
 */
export function readEnvelope(frame: Buffer): EnvelopeFacts {
  if (beginsAsMessage(frame)) {
    const message = scanMessage(frame);
    if (message.refusal === undefined && !message.extraMembers) {
      return new EnvelopeFacts("bare", frame, undefined, messageOfScan(frame, message, 0, frame.length));
    }
  }
  const scan = scanEnvelope(frame);
  if (scan.message !== undefined && scan.payload !== undefined) {
    if (scan.refusal !== undefined) return new EnvelopeFacts("refused", frame, scan, undefined);
    const { start, end } = scan.payload;
    return new EnvelopeFacts("payload", frame, scan, messageOfScan(frame, scan.message, start, end));
  }
  if (isBare(frame, scan)) return new EnvelopeFacts("bare", frame, undefined, readMessage(frame));
  return new EnvelopeFacts(scan.refusal === undefined ? "error" : "refused", frame, scan, undefined);
}

/** An envelope's error has words for codes, a message's error numbers. */
function isBare(frame: Buffer, scan: EnvelopeScan): boolean {
  if (scan.refusal === "not_json" || scan.refusal === "too_deep" || scan.refusal === "not_object") return false;
  if (scan.messageMembers) return true;
  const { error, errorCode, envelopeMembers } = scan;
  return error !== undefined && !envelopeMembers && errorCode !== undefined && frame[errorCode.start] !== QUOTE;
}
