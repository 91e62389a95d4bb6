// C0 and C1 controls, ESC among them, bidirectional overrides, and the two Unicode line separators.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Makes text that a peer may have chosen safe to show in a terminal, a log line or an error message. */
export function escapeForPeople(text: string, maxLength = 500): string {
  const bounded = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return bounded.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
