// What moves a cursor, starts a new log line or turns text around: controls (ESC among them), line separators, bidirectional
// controls, the byte order mark; and halves of surrogate pairs.
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/gu;

/** Makes text that a peer may have chosen safe to show in a terminal, a log line or an error message: escaped, and cut. */
export function escapeForPeople(text: string, maxLength = 500): string {
  const bounded = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return bounded.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
