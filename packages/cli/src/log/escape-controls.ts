// C1 controls, bidirectional marks and overrides, line separators: JSON leaves them as they are.
const UNSAFE_IN_JSON = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
// oxlint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
// oxlint-disable-next-line no-control-regex
const UNSAFE_IN_LINES = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Escapes what JSON does not, so that a JSON line cannot move a cursor; it stays the same JSON. */
export function escapeJsonLine(line: string): string {
  return line.replace(UNSAFE_IN_JSON, escapeCharacter);
}

/** Escapes everything that can move a cursor or fake a line. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, escapeCharacter);
}

/** As {@link escapeControls}, for text of several lines: line breaks and tabs stay. */
export function escapeLines(text: string): string {
  return text.replace(UNSAFE_IN_LINES, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
