import { CLOSE_BRACE, COLON, COMMA, MAX_DEPTH, QUOTE, type JsonGrammar } from "./json-grammar.ts";
import type { KeyFinder } from "./key-table.ts";

/** Says which members of an object matter and reads their values. One constant object per kind of object: no closures. */
export interface MemberReader<Target> {
  readonly keys: KeyFinder;
  /**
   * Reads the value at `at` of the member with this key number (-1: unknown); `depth` is what is open around the value.
   *
   * @returns the offset behind the value, or -1 after a fault.
   */
  read(grammar: JsonGrammar, target: Target, key: number, at: number, depth: number): number;
}

/** Reads the object that opens at `at`, handing each member to `reader`; returns the offset behind it, or -1. */
export function walkObject<Target>(
  grammar: JsonGrammar,
  target: Target,
  reader: MemberReader<Target>,
  at: number,
  depth: number,
): number {
  if (depth >= MAX_DEPTH) return grammar.faultTooDeep(at);
  let here = grammar.space(at + 1);
  if (grammar.peek(here) === CLOSE_BRACE) return here + 1;
  const { bytes } = grammar;
  const { keys } = reader;
  for (;;) {
    if (grammar.peek(here) !== QUOTE) return grammar.fault(here);
    const keyEnd = grammar.string(here);
    if (keyEnd < 0) return keyEnd;
    const key = keys.find(bytes, here + 1, keyEnd - 1, grammar.escaped);
    here = grammar.space(keyEnd);
    if (grammar.peek(here) !== COLON) return grammar.fault(here);
    here = reader.read(grammar, target, key, grammar.space(here + 1), depth + 1);
    if (here < 0) return here;
    here = grammar.space(here);
    const byte = grammar.peek(here);
    if (byte === CLOSE_BRACE) return here + 1;
    if (byte !== COMMA) return grammar.fault(here);
    here = grammar.space(here + 1);
  }
}
