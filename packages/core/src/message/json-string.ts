const NOT_ASCII = /[\u0080-\uffff]/g;

/** The JSON spelling of a string, quotes included, in ASCII only. */
export function jsonString(text: string): string {
  return isPlain(text) ? `"${text}"` : asciiJson(JSON.stringify(text));
}

/** The same JSON text in ASCII only: outside ASCII are characters of strings alone, which may be written as escapes. */
export function asciiJson(json: string): string {
  return json.replace(NOT_ASCII, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A loop is faster than a regular expression for the short strings of an envelope. */
function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return false;
  }
  return true;
}
