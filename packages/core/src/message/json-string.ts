const NEEDS_ESCAPE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;
const NOT_ASCII = /[\u0080-\uffff]/g;

/** The JSON spelling of a string, quotes included, in ASCII only. */
export function jsonString(text: string): string {
  return NEEDS_ESCAPE.test(text) ? asciiJson(JSON.stringify(text)) : `"${text}"`;
}

/** The same JSON text in ASCII only: outside ASCII are characters of strings alone, which may be written as escapes. */
export function asciiJson(json: string): string {
  return json.replace(
    NOT_ASCII,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
