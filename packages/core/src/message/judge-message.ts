import type { MessageKind } from "../plugin/message.ts";
import { idKey } from "./id-key.ts";
import { OPEN_BRACE, OPEN_BRACKET, QUOTE } from "./json-grammar.ts";
import type { MessageScan } from "./message-scan.ts";
import type { Refusal, ReplyFlaw } from "./refusal.ts";
import type { Span } from "./span.ts";

const LONGEST_METHOD = 256;
const LONGEST_ID = 1024;
const SHORT_INTEGER = 15;
/** A character is spelled with six bytes at most (`\u0061`). */
const LONGEST_CHARACTER = 6;

/** Guards decide on these by `params.name` or `params.uri`: two of them would be a way past the guard. */
const DECIDED_BY_TARGET: ReadonlySet<string> = new Set([
  "tools/call",
  "prompts/get",
  "resources/read",
  "resources/subscribe",
  "resources/unsubscribe",
]);

/** The string that a value is, decoded; undefined when it is something else. */
export function stringAt(bytes: Buffer, start: number, end: number): string | undefined {
  if (bytes[start] !== QUOTE) return undefined;
  const text = bytes.toString("utf8", start, end);
  return text.includes("\\") ? String(JSON.parse(text)) : text.slice(1, -1);
}

/** Whether a value is an id that a request may have. */
export function isLegalId(bytes: Buffer, start: number, end: number): boolean {
  const length = end - start;
  if (length > LONGEST_ID) return false;
  if (length <= SHORT_INTEGER && isDigits(bytes, start, end)) return true;
  return bytes[start] === QUOTE || idKey(bytes.toString("latin1", start, end)) !== undefined;
}

/** What kind of message the members make, for a message that may turn out to be none. */
export function kindOf(scan: MessageScan): MessageKind | undefined {
  if (scan.method !== undefined) return scan.id === undefined ? "notification" : "request";
  if (scan.error !== undefined) return "error";
  return scan.result === undefined ? undefined : "response";
}

/** Why a well-formed JSON object is no message that may pass; undefined when it may. */
export function judgeMessage(bytes: Buffer, scan: MessageScan): Refusal | undefined {
  const { method, result, error, params } = scan;
  if (scan.repeated) return "ambiguous";
  if (scan.targetRepeated && method !== undefined) {
    if (DECIDED_BY_TARGET.has(stringAt(bytes, method.start, method.end) ?? "")) return "ambiguous";
  }
  const meanings = Number(method !== undefined) + Number(result !== undefined) + Number(error !== undefined);
  if (meanings > 1) return "both";
  if (meanings === 0) return "no_method";
  if (method !== undefined && !isLegalMethod(bytes, method)) return "bad_method";
  if (!hasLegalId(bytes, scan)) return "bad_id";
  if (params !== undefined && method !== undefined) {
    const first = bytes[params.start];
    if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return "bad_params";
  }
  return isVersionTwo(bytes, scan.jsonrpc) ? undefined : "bad_version";
}

/** What official clients would reject in a reply that is otherwise legal. */
export function replyFlawOf(bytes: Buffer, scan: MessageScan): ReplyFlaw | undefined {
  const { result, error, errorCode, errorMessage } = scan;
  if (result !== undefined) return bytes[result.start] === OPEN_BRACE ? undefined : "result_not_object";
  if (error === undefined) return undefined;
  if (bytes[error.start] !== OPEN_BRACE) return "error_not_object";
  if (errorCode === undefined || !isSafeInteger(bytes, errorCode)) return "error_code";
  return errorMessage === undefined || bytes[errorMessage.start] !== QUOTE ? "error_message" : undefined;
}

function isDigits(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return true;
}

function isLegalMethod(bytes: Buffer, span: Span): boolean {
  const length = span.end - span.start - 2;
  if (bytes[span.start] !== QUOTE || length === 0) return false;
  if (length <= LONGEST_METHOD) return true;
  if (length > LONGEST_METHOD * LONGEST_CHARACTER) return false;
  return (stringAt(bytes, span.start, span.end)?.length ?? 0) <= LONGEST_METHOD;
}

function isSafeInteger(bytes: Buffer, span: Span): boolean {
  const { start, end } = span;
  const first = bytes[start] ?? 0;
  return (
    (first === 0x2d || (first >= 0x30 && first <= 0x39)) &&
    Number.isSafeInteger(Number(bytes.toString("latin1", start, end)))
  );
}

/** Only an error reply may be without an id, for a request that could not be read. */
function hasLegalId(bytes: Buffer, scan: MessageScan): boolean {
  const { id } = scan;
  if (id === undefined) return scan.result === undefined;
  return isLegalId(bytes, id.start, id.end) || (scan.error !== undefined && bytes[id.start] === 0x6e);
}

function isVersionTwo(bytes: Buffer, span: Span | undefined): boolean {
  if (span === undefined) return false;
  const { start, end } = span;
  if (end - start === 5) {
    return (
      bytes[start] === QUOTE && bytes[start + 1] === 0x32 && bytes[start + 2] === 0x2e && bytes[start + 3] === 0x30
    );
  }
  return end - start <= 2 + 3 * LONGEST_CHARACTER && stringAt(bytes, start, end) === "2.0";
}
