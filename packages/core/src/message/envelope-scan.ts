import { JsonGrammar, OPEN_BRACE, QUOTE } from "./json-grammar.ts";
import { KeyTable } from "./key-table.ts";
import { MessageScan } from "./message-scan.ts";
import { scanMessageAt } from "./scan-message.ts";
import { Span } from "./span.ts";
import { walkObject, type MemberReader } from "./walk-object.ts";

/** Why a frame is no envelope, in order of precedence. */
export type EnvelopeRefusal = "not_json" | "too_deep" | "not_object" | "ambiguous" | "no_payload";

/** What one pass over an envelope found; spans are offsets in the frame. */
export class EnvelopeScan {
  refusal: EnvelopeRefusal | undefined = undefined;
  /** One of `id`, `correlation_id`, `error`, `mcp_payload` appears twice. */
  repeated = false;
  /** It has `jsonrpc`, `method` or `result` at the top. */
  messageMembers = false;
  /** It has members that only an envelope has. */
  envelopeMembers = false;

  id: Span | undefined = undefined;
  correlationId: Span | undefined = undefined;
  timestamp: Span | undefined = undefined;
  source: Span | undefined = undefined;
  targetNamespace: Span | undefined = undefined;
  metadata: Span | undefined = undefined;
  error: Span | undefined = undefined;
  errorCode: Span | undefined = undefined;
  errorMessage: Span | undefined = undefined;
  errorDetails: Span | undefined = undefined;
  payload: Span | undefined = undefined;
  /** The message in `mcp_payload`. */
  message: MessageScan | undefined = undefined;
}

const errorMembers: MemberReader<EnvelopeScan> = {
  keys: new KeyTable("code", "message", "details"),
  read(grammar, scan, key, at, depth) {
    const end = grammar.value(at, depth);
    if (end < 0 || key < 0) return end;
    const span = new Span(at, end);
    if (key === 0) scan.errorCode = span;
    else if (key === 1) scan.errorMessage = span;
    else scan.errorDetails = span;
    return end;
  },
};

const PAYLOAD = 0;
const ID = 1;
const CORRELATION_ID = 2;
const ERROR = 3;
const TIMESTAMP = 4;
const SOURCE = 5;
const TARGET_NAMESPACE = 6;
const METADATA = 7;
const AUTH_TOKEN = 8;

const envelopeMembers: MemberReader<EnvelopeScan> = {
  keys: new KeyTable(
    "mcp_payload",
    "id",
    "correlation_id",
    "error",
    "timestamp",
    "source",
    "target_namespace",
    "metadata",
    "auth_token",
    "jsonrpc",
    "method",
    "result",
  ),
  read(grammar, scan, key, at, depth) {
    let end: number;
    if (key === PAYLOAD) {
      const message = new MessageScan();
      // A message may be as deep inside an envelope as outside.
      end = scanMessageAt(grammar, message, at);
      scan.message = message;
    } else if (key === ERROR && grammar.peek(at) === OPEN_BRACE) {
      end = walkObject(grammar, scan, errorMembers, at, depth);
    } else end = grammar.value(at, depth);
    if (end >= 0 && key >= 0) note(scan, key, new Span(at, end));
    return end;
  },
};

/** Finds the members of an envelope, in any order, and scans the message inside where it stands: one pass over the frame. */
export function scanEnvelope(frame: Buffer): EnvelopeScan {
  const scan = new EnvelopeScan();
  const grammar = new JsonGrammar(frame, frame.length);
  const start = grammar.space(0);
  const isObject = grammar.peek(start) === OPEN_BRACE;
  const after = isObject ? walkObject(grammar, scan, envelopeMembers, start, 0) : grammar.value(start, 0);
  if (after < 0 || grammar.space(after) !== frame.length) {
    scan.refusal = grammar.tooDeep ? "too_deep" : "not_json";
  } else if (!isObject) scan.refusal = "not_object";
  else if (scan.repeated) scan.refusal = "ambiguous";
  else if (scan.payload === undefined && scan.error === undefined) scan.refusal = "no_payload";
  return scan;
}

/** Whether the first key of a frame is one that a bare message begins with: then it is worth scanning it as one first. */
export function beginsAsMessage(frame: Buffer): boolean {
  const grammar = new JsonGrammar(frame, frame.length);
  const start = grammar.space(0);
  if (grammar.peek(start) !== OPEN_BRACE) return false;
  const at = grammar.space(start + 1);
  if (grammar.peek(at) !== QUOTE) return false;
  const end = grammar.string(at);
  return end > 0 && bareKeys.find(frame, at + 1, end - 1, grammar.escaped) >= 0;
}

const bareKeys = new KeyTable("jsonrpc", "method", "result", "params");

function note(scan: EnvelopeScan, key: number, span: Span): void {
  switch (key) {
    case PAYLOAD:
      if (scan.payload !== undefined) scan.repeated = true;
      scan.payload = span;
      return;
    case ID:
      if (scan.id !== undefined) scan.repeated = true;
      scan.id = span;
      return;
    case CORRELATION_ID:
      if (scan.correlationId !== undefined) scan.repeated = true;
      scan.correlationId = span;
      scan.envelopeMembers = true;
      return;
    case ERROR:
      if (scan.error !== undefined) scan.repeated = true;
      scan.error = span;
      return;
    case TIMESTAMP:
      scan.timestamp = span;
      scan.envelopeMembers = true;
      return;
    case SOURCE:
      scan.source = span;
      scan.envelopeMembers = true;
      return;
    case TARGET_NAMESPACE:
      scan.targetNamespace = span;
      scan.envelopeMembers = true;
      return;
    case METADATA:
      scan.metadata = span;
      scan.envelopeMembers = true;
      return;
    case AUTH_TOKEN:
      scan.envelopeMembers = true;
      return;
    default:
      scan.messageMembers = true;
  }
}
