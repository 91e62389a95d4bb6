const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Cuts a JSON object into the bytes of its members, so that a value can be passed on exactly as it was written.
 *
 * @remarks The text must be valid JSON with an object at the top (parse it first): this only finds where values begin
 * and end. Of a repeated member the last one counts, as with `JSON.parse`. Values are views, not copies.
 */
export function objectMembers(text: Buffer): ReadonlyMap<string, Buffer> {
  const members = new Map<string, Buffer>();
  let position = text.indexOf(OPEN_BRACE) + 1;
  for (;;) {
    position = skipWhitespaceAnd(text, position, COMMA);
    if (text[position] !== QUOTE) return members;
    const keyEnd = endOfString(text, position);
    const key: unknown = JSON.parse(text.toString("utf8", position, keyEnd));
    const start = skipWhitespaceAnd(text, keyEnd, COLON);
    position = endOfValue(text, start);
    members.set(String(key), text.subarray(start, position));
  }
}

function skipWhitespaceAnd(text: Buffer, from: number, separator: number): number {
  let position = from;
  for (; position < text.length; position += 1) {
    const byte = text[position] ?? 0;
    if (byte > 0x20 && byte !== separator) break;
  }
  return position;
}

function endOfValue(text: Buffer, from: number): number {
  let depth = 0;
  let position = from;
  while (position < text.length) {
    const byte = text[position] ?? 0;
    if (byte === QUOTE) {
      position = endOfString(text, position);
      if (depth === 0) return position;
      continue;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      // At depth 0 this closes the object around a bare value such as the 1 in {"a":1}.
      if (depth === 0) return position;
      depth -= 1;
      if (depth === 0) return position + 1;
    } else if (depth === 0 && (byte === COMMA || byte <= 0x20)) return position;
    position += 1;
  }
  return position;
}

/** The position after the closing quote of the string that opens at `from`. */
function endOfString(text: Buffer, from: number): number {
  // `indexOf` is native code: megabytes of base64 in one string cost almost nothing.
  let quote = text.indexOf(QUOTE, from + 1);
  while (quote !== -1 && isEscaped(text, quote, from)) quote = text.indexOf(QUOTE, quote + 1);
  return quote === -1 ? text.length : quote + 1;
}

function isEscaped(text: Buffer, quote: number, opening: number): boolean {
  let backslashes = 0;
  for (let position = quote - 1; position > opening && text[position] === BACKSLASH; position -= 1) backslashes += 1;
  return backslashes % 2 === 1;
}
