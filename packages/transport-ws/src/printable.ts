// What moves a cursor, starts a new log line or turns text around: controls (ESC among them), line separators, bidirectional
// controls, the byte order mark; and halves of surrogate pairs.
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/gu;

/** Longest excerpt of a peer's text that gets into a message, in UTF-16 units before escaping. */
const MAX_LENGTH = 200;

/** Makes text that the peer chose safe for terminals and logs: unsafe characters escaped, cut at 200. */
export function printable(text: string): string {
  const bounded = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return bounded.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
