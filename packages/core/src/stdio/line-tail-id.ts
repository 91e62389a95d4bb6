import { isLegalId } from "../message/judge-message.ts";

const BACKSLASH = 0x5c;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const CLOSE_BRACE = 0x7d;

/**
 * The id as written, when it is the last member of the object that a truncated JSON text ends: official clients write it
 * there. Read backwards: the brace that ends the line closes the message, so what stands before it is its last member.
 */
export function idInTail(tail: Buffer): string | undefined {
  const brace = spaceBefore(tail, tail.length) - 1;
  if (tail[brace] !== CLOSE_BRACE) return undefined;
  const valueEnd = spaceBefore(tail, brace);
  const valueStart = tail[valueEnd - 1] === QUOTE ? openingQuote(tail, valueEnd - 1) : firstDigit(tail, valueEnd);
  const colon = spaceBefore(tail, valueStart) - 1;
  if (valueStart < 0 || tail[colon] !== COLON) return undefined;
  const keyEnd = spaceBefore(tail, colon);
  const keyStart = keyEnd - 4;
  if (keyStart < 1 || tail.toString("latin1", keyStart, keyEnd) !== '"id"') return undefined;
  // Only a comma before it makes the first quote one that opens the key: a backslash would make it a part of a longer one.
  if (tail[spaceBefore(tail, keyStart) - 1] !== COMMA) return undefined;
  return isLegalId(tail, valueStart, valueEnd) ? tail.toString("utf8", valueStart, valueEnd) : undefined;
}

/** The offset behind the last byte before `end` that is not white space. */
function spaceBefore(bytes: Buffer, end: number): number {
  let at = end;
  while (at > 0 && (bytes[at - 1] === 0x20 || bytes[at - 1] === 0x09 || bytes[at - 1] === 0x0d)) at--;
  return at;
}

/** The start of a string without escapes that ends in the quote at `closing`; -1 when it has escapes or is cut off. */
function openingQuote(bytes: Buffer, closing: number): number {
  for (let at = closing - 1; at >= 0; at--) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH || byte < 0x20) return -1;
  }
  return -1;
}

/** The start of the integer that ends before `end`; -1 when there is none. */
function firstDigit(bytes: Buffer, end: number): number {
  let at = end;
  while (at > 0 && (bytes[at - 1] ?? 0) >= 0x30 && (bytes[at - 1] ?? 0) <= 0x39) at--;
  if (at === end) return -1;
  return bytes[at - 1] === 0x2d ? at - 1 : at;
}
