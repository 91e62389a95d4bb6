import { CLOSE_BRACKET, COMMA, JsonGrammar, OPEN_BRACE, OPEN_BRACKET } from "./json-grammar.ts";
import { arrayIndex, parsePointer } from "./json-pointer.ts";
import type { KeyFinder } from "./key-table.ts";
import { MessageEditError } from "./message-edit-error.ts";
import { spliceBytes } from "./splice-bytes.ts";
import { walkObject, type MemberReader } from "./walk-object.ts";

/** Where a child stands in its parent, or where it would be added. */
class Place implements KeyFinder {
  readonly token: string;
  readonly #raw: Buffer;
  start = -1;
  end = -1;
  /** How often the key appears. */
  found = 0;
  /** The end of the parent's last child, -1 while it has none. */
  lastEnd = -1;

  constructor(token: string) {
    this.token = token;
    this.#raw = Buffer.from(token);
  }

  find(bytes: Buffer, start: number, end: number, escaped: boolean): number {
    const same = escaped
      ? JSON.parse(bytes.toString("utf8", start - 1, end + 1)) === this.token
      : bytes.compare(this.#raw, 0, this.#raw.length, start, end) === 0;
    return same ? 0 : -1;
  }

  take(start: number, end: number): void {
    this.start = start;
    this.end = end;
    this.found++;
  }
}

/**
 * A copy of a valid JSON text in which the member at `pointer` is `text`: replaced, or added to an existing object or, at
 * the end, array. All other bytes stay.
 *
 * @throws MessageEditError when the parent does not exist, or a key on the way appears twice.
 */
export function spliceMember(bytes: Buffer, pointer: string, text: string): Buffer {
  const tokens = parsePointer(pointer);
  const last = tokens.pop();
  if (last === undefined) return Buffer.from(text);
  const grammar = new JsonGrammar(bytes, bytes.length);
  let parent = grammar.space(0);
  for (const token of tokens) {
    const place = findChild(grammar, parent, token, pointer);
    if (place.found === 0) throw unresolved(pointer, `there is no ${JSON.stringify(token)}`);
    parent = place.start;
  }
  const place = findChild(grammar, parent, last, pointer);
  if (place.found > 0) return spliceBytes(bytes, [{ start: place.start, end: place.end, text }]);
  const at = place.lastEnd < 0 ? parent + 1 : place.lastEnd;
  const comma = place.lastEnd < 0 ? "" : ",";
  const key = grammar.peek(parent) === OPEN_BRACE ? `${JSON.stringify(last)}:` : "";
  return spliceBytes(bytes, [{ start: at, end: at, text: `${comma}${key}${text}` }]);
}

function findChild(grammar: JsonGrammar, parent: number, token: string, pointer: string): Place {
  const place = new Place(token);
  const first = grammar.peek(parent);
  if (first === OPEN_BRACE) {
    const reader: MemberReader<Place> = { keys: place, read: readMember };
    walkObject(grammar, place, reader, parent, 0);
    if (place.found > 1) throw unresolved(pointer, `${JSON.stringify(token)} appears ${place.found} times`);
  } else if (first === OPEN_BRACKET) findElement(grammar, parent, place, pointer);
  else throw unresolved(pointer, `what would hold ${JSON.stringify(token)} is neither an object nor an array`);
  return place;
}

function readMember(grammar: JsonGrammar, place: Place, key: number, at: number, depth: number): number {
  const end = grammar.value(at, depth);
  if (key === 0) place.take(at, end);
  place.lastEnd = end;
  return end;
}

/** `-` and the index just past the end mean a new element; one further away is a mistake. */
function findElement(grammar: JsonGrammar, parent: number, place: Place, pointer: string): void {
  const wanted = place.token === "-" ? Infinity : arrayIndex(place.token);
  if (wanted === undefined) throw unresolved(pointer, `${JSON.stringify(place.token)} is not an array index`);
  let here = grammar.space(parent + 1);
  let length = 0;
  while (grammar.peek(here) !== CLOSE_BRACKET) {
    const end = grammar.value(here, 1);
    if (length === wanted) place.take(here, end);
    place.lastEnd = end;
    length++;
    here = grammar.space(end);
    if (grammar.peek(here) === COMMA) here = grammar.space(here + 1);
  }
  if (wanted !== Infinity && wanted > length) throw unresolved(pointer, `the array has ${length} elements`);
}

function unresolved(pointer: string, why: string): MessageEditError {
  return new MessageEditError(`Cannot set ${JSON.stringify(pointer)}: ${why}.`);
}
