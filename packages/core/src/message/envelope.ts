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
  /** `","source":"…","target_namespace":` */
  readonly #source: string;
  #stampedAt = Number.NaN;
  #timestamp = "";
  #token: string | undefined = undefined;
  /** `,"auth_token":"…"` of the token used last. */
  #tokenMember = "";

  constructor({ source = "local-router", now = Date.now }: EnvelopeWriterOptions = {}) {
    this.#now = now;
    this.#source = `","source":${jsonString(source)},"target_namespace":`;
  }

  write(payload: Buffer, fields: EnvelopeFields): Buffer {
    const { id, namespace, token, correlationId, metadataJson } = fields;
    if (token !== this.#token) this.#useToken(token);
    let head =
      `{"id":${jsonString(id)},"timestamp":"${this.#stamp()}${this.#source}${jsonString(namespace)}` +
      this.#tokenMember;
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

  #useToken(token: string | undefined): void {
    this.#token = token;
    this.#tokenMember = token === undefined ? "" : `,"auth_token":${jsonString(token)}`;
  }

  #stamp(): string {
    const now = this.#now();
    if (now !== this.#stampedAt) {
      this.#stampedAt = now;
      this.#timestamp = new Date(now).toISOString();
    }
    return this.#timestamp;
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
      return new EnvelopeFacts(
        "bare",
        frame,
        undefined,
        messageOfScan(frame, message, 0, frame.length),
      );
    }
  }
  const scan = scanEnvelope(frame);
  if (scan.message !== undefined && scan.payload !== undefined) {
    if (scan.refusal !== undefined) return new EnvelopeFacts("refused", frame, scan, undefined);
    const { start, end } = scan.payload;
    return new EnvelopeFacts(
      "payload",
      frame,
      scan,
      messageOfScan(frame, scan.message, start, end),
    );
  }
  if (isBare(frame, scan)) return new EnvelopeFacts("bare", frame, undefined, readMessage(frame));
  return new EnvelopeFacts(
    scan.refusal === undefined ? "error" : "refused",
    frame,
    scan,
    undefined,
  );
}

/** An envelope's error has words for codes, a message's error numbers. */
function isBare(frame: Buffer, scan: EnvelopeScan): boolean {
  if (scan.refusal === "not_json" || scan.refusal === "too_deep" || scan.refusal === "not_object")
    return false;
  if (scan.messageMembers) return true;
  const { error, errorCode, envelopeMembers } = scan;
  return (
    error !== undefined &&
    !envelopeMembers &&
    errorCode !== undefined &&
    frame[errorCode.start] !== QUOTE
  );
}
