import { judgeMessage, kindOf, replyFlawOf } from "./judge-message.ts";
import { CLOSE_BRACE, COMMA, JsonGrammar, OPEN_BRACE, OPEN_BRACKET } from "./json-grammar.ts";
import { messageMembers } from "./message-members.ts";
import { MessageScan } from "./message-scan.ts";
import { walkObject } from "./walk-object.ts";

/**
 * Reads one JSON-RPC message: validates the whole text and finds the members the router decides on, in one pass that takes
 * time linear in the bytes. UTF-8 is the reader's concern (`isUtf8` of node:buffer).
 */
export function scanMessage(bytes: Buffer, start = 0, end: number = bytes.length): MessageScan {
  const grammar = new JsonGrammar(bytes, end);
  const scan = new MessageScan();
  const after = scanMessageAt(grammar, scan, grammar.space(start));
  if (after >= 0) {
    const rest = grammar.space(after);
    if (rest !== end) refuse(scan, grammar, rest);
  }
  return scan;
}

/** Reads the message that begins at `at` as part of a larger text; returns the offset behind it, or -1 when it is no JSON. */
export function scanMessageAt(grammar: JsonGrammar, scan: MessageScan, at: number): number {
  const first = grammar.peek(at);
  const breaksBefore = grammar.lineBreaks;
  grammar.lineBreaks = false;
  scan.start = at;
  const end = first === OPEN_BRACE ? walkObject(grammar, scan, messageMembers, at, 0) : grammar.value(at, 0);
  scan.rawLineBreaks = grammar.lineBreaks;
  grammar.lineBreaks ||= breaksBefore;
  if (end < 0) {
    refuse(scan, grammar, grammar.faultAt);
    return end;
  }
  scan.end = end;
  if (first !== OPEN_BRACE) {
    scan.refusal = first === OPEN_BRACKET ? "batch" : "not_object";
    return end;
  }
  scan.kind = kindOf(scan);
  scan.refusal = judgeMessage(grammar.bytes, scan);
  if (scan.method === undefined) {
    scan.replyFlaw = replyFlawOf(grammar.bytes, scan);
    if (scan.params !== undefined) scan.extraMembers = true;
  }
  return end;
}

function refuse(scan: MessageScan, grammar: JsonGrammar, at: number): void {
  const { id } = scan;
  if (id !== undefined) {
    // An id that is cut off, or runs into garbage, is not known to be the sender's.
    const behind = grammar.peek(grammar.space(id.end));
    if (behind !== COMMA && behind !== CLOSE_BRACE) scan.id = undefined;
  }
  scan.refusal = grammar.tooDeep ? "too_deep" : "not_json";
  scan.kind = kindOf(scan);
  scan.end = -1;
  scan.faultAt = at;
}
