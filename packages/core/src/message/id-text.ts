/** Integers of up to this many digits are exact as numbers. */
const EXACT_DIGITS = 15;

/** The text of an id as written. Most ids are small integers, whose text V8 has at hand: cheaper than decoding bytes. */
export function idTextAt(bytes: Buffer, start: number, end: number): string {
  if (end - start > EXACT_DIGITS) return bytes.toString("utf8", start, end);
  let value = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x30 || byte > 0x39) return bytes.toString("utf8", start, end);
    value = value * 10 + byte - 0x30;
  }
  return String(value);
}
