import { DialError } from "@mcp-router/core/plugin";

/** Bytes of the longest token; HTTP servers refuse longer headers. */
export const MAX_TOKEN_BYTES = 16 * 1024;

/**
 * What a token may hold: the printable ASCII characters without quotation mark, comma, semicolon and backslash. A little more
 * than RFC 6750 §2.1 allows, because real gateways hand out tokens with `:` or `|`.
 */
const FORBIDDEN = /[^\u0021\u0023-\u002b\u002d-\u003a\u003c-\u005b\u005d-\u007e]/u;

const NAMES: { readonly [character: string]: string } = {
  "\r": "a line break",
  "\n": "a line break",
  "\t": "a tab",
  " ": "a space",
  '"': "a quotation mark",
};

function unusable(from: string, what: string, hint: string): DialError {
  return new DialError("credential", `The token in ${from} cannot be used: ${what}.`, { hint, phase: "auth" });
}

/**
 * Checks a token before it gets into a header, and takes a scheme word off. No part of the token gets into a message, but for
 * the code of one character that does not belong there.
 *
 * @param from Where it was found, for messages.
 * @param warn Told when something was mended.
 * @throws DialError `credential`
 */
export function checkToken(text: string, from: string, warn: (message: string) => void): string {
  const token = text.replace(/^bearer +/i, "");
  if (token !== text)
    warn(`the token in ${from} starts with the word “Bearer”, which is not part of it; it was left out`);
  if (token === "") throw unusable(from, "it is empty", "Put the token there.");
  if (Buffer.byteLength(token) > MAX_TOKEN_BYTES) {
    throw unusable(from, `it is longer than ${MAX_TOKEN_BYTES} bytes`, "Check that it is a token and nothing else.");
  }
  const position = token.search(FORBIDDEN);
  if (position === -1) return token;
  const character = String.fromCodePoint(token.codePointAt(position) ?? 0);
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const name = Object.hasOwn(NAMES, character) ? NAMES[character] : `U+${code}`;
  throw unusable(
    from,
    `its character ${position + 1} is ${name}, which a bearer token cannot hold`,
    "Copy the token again, without quotes, spaces or line breaks.",
  );
}
