import { credentialError } from "./credential-error.ts";

/** Bytes of the longest token; HTTP servers refuse longer headers. */
const MAX_TOKEN_BYTES = 16 * 1024;

/** `b64token` of RFC 6750 §2.1. Everything else, line breaks before all, has no place in a header. */
const BEARER = /^[A-Za-z0-9\-._~+/]+=*$/;

/** Where a token comes from, and the key of the configuration that led there. */
export interface TokenOrigin {
  readonly place: string;
  readonly key: string;
}

/**
 * Refuses what cannot be sent as a bearer token. No part of the token gets into the message.
 *
 * @throws DialError `credential`
 */
export function checkToken(token: string, from: TokenOrigin): string {
  if (token.length > MAX_TOKEN_BYTES) throw unusable(from, `is longer than ${MAX_TOKEN_BYTES} bytes`);
  if (!BEARER.test(token)) throw unusable(from, "holds characters that a bearer token cannot hold (RFC 6750 §2.1)");
  return token;
}

function unusable({ place, key }: TokenOrigin, what: string): Error {
  return credentialError(`The token that ${place} (${key}) gives cannot be used: it ${what}.`, {
    hint: `Check ${key}, or have the authorization server give another kind of access token.`,
  });
}
