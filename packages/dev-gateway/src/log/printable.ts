// C0 and C1 controls, bidirectional overrides and line separators: everything that can move a cursor or fake a line.
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE =
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Makes text from a peer harmless for a terminal; tabs stay. */
export function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
