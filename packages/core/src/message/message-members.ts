import { OPEN_BRACE, type JsonGrammar } from "./json-grammar.ts";
import { KeyTable } from "./key-table.ts";
import type { MessageScan } from "./message-scan.ts";
import { Span } from "./span.ts";
import { walkObject, type MemberReader } from "./walk-object.ts";

/** `error`: its code and message. */
const errorMembers: MemberReader<MessageScan> = {
  keys: new KeyTable("code", "message"),
  read(grammar, scan, key, at, depth) {
    const end = grammar.value(at, depth);
    if (end < 0 || key < 0) return end;
    const span = new Span(at, end);
    if (key === 0) scan.errorCode = span;
    else scan.errorMessage = span;
    return end;
  },
};

/** `params._meta`: what the session needs of it. */
const metaMembers: MemberReader<MessageScan> = {
  keys: new KeyTable(
    "progressToken",
    "io.modelcontextprotocol/protocolVersion",
    "io.modelcontextprotocol/subscriptionId",
  ),
  read(grammar, scan, key, at, depth) {
    const end = grammar.value(at, depth);
    if (end < 0 || key < 0) return end;
    const span = new Span(at, end);
    if (key === 0) scan.metaProgressToken = span;
    else if (key === 1) scan.metaProtocolVersion = span;
    else scan.metaSubscriptionId = span;
    return end;
  },
};

/** `params`: what it names, cancels or reports on. */
const paramsMembers: MemberReader<MessageScan> = {
  keys: new KeyTable("name", "uri", "requestId", "progressToken", "_meta", "task"),
  read(grammar, scan, key, at, depth) {
    const end = key === 4 ? readMeta(grammar, scan, at, depth) : grammar.value(at, depth);
    if (end < 0 || key < 0) return end;
    const span = new Span(at, end);
    if (key === 0) {
      if (scan.name !== undefined) scan.targetRepeated = true;
      scan.name = span;
    } else if (key === 1) {
      if (scan.uri !== undefined) scan.targetRepeated = true;
      scan.uri = span;
    } else if (key === 2) scan.requestId = span;
    else if (key === 3) scan.progressToken = span;
    else if (key === 4) scan.meta = span;
    else scan.task = span;
    return end;
  },
};

/** The message itself. */
export const messageMembers: MemberReader<MessageScan> = {
  keys: new KeyTable("jsonrpc", "id", "method", "params", "result", "error"),
  read(grammar, scan, key, at, depth) {
    const opensObject = grammar.peek(at) === OPEN_BRACE;
    let end: number;
    if (key === 3 && opensObject) end = walkObject(grammar, scan, paramsMembers, at, depth);
    else if (key === 5 && opensObject) end = walkObject(grammar, scan, errorMembers, at, depth);
    else end = grammar.value(at, depth);
    if (end < 0) return end;
    if (key < 0) scan.extraMembers = true;
    else note(scan, key, new Span(at, end));
    return end;
  },
};

/** A second `_meta` replaces the first one whole. */
function readMeta(grammar: JsonGrammar, scan: MessageScan, at: number, depth: number): number {
  scan.metaProgressToken = undefined;
  scan.metaProtocolVersion = undefined;
  scan.metaSubscriptionId = undefined;
  if (grammar.peek(at) !== OPEN_BRACE) return grammar.value(at, depth);
  return walkObject(grammar, scan, metaMembers, at, depth);
}

function note(scan: MessageScan, key: number, span: Span): void {
  switch (key) {
    case 0:
      if (scan.jsonrpc !== undefined) scan.repeated = true;
      scan.jsonrpc = span;
      return;
    case 1:
      if (scan.id !== undefined) scan.repeated = scan.idRepeated = true;
      scan.id = span;
      return;
    case 2:
      if (scan.method !== undefined) scan.repeated = true;
      scan.method = span;
      return;
    case 3:
      if (scan.params !== undefined) scan.repeated = true;
      scan.params = span;
      return;
    case 4:
      if (scan.result !== undefined) scan.repeated = true;
      scan.result = span;
      return;
    default:
      if (scan.error !== undefined) scan.repeated = true;
      scan.error = span;
  }
}
