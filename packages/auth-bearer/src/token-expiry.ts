/**
 * When a token stops working that is a JWT with `exp` (RFC 7519 §4.1.4); nothing of it is verified, the gateway does that.
 *
 * @returns Milliseconds since 1970; undefined when the token does not say.
 */
export function expiryOf(token: string): number | undefined {
  const [, payload, signature, more] = token.split(".");
  if (payload === undefined || signature === undefined || more !== undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
    const exp: unknown = typeof claims === "object" && claims !== null ? Reflect.get(claims, "exp") : undefined;
    return typeof exp === "number" && Number.isFinite(exp) ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}

/**
 * That moment on the monotonic clock, so that a clock that is set meanwhile changes nothing.
 *
 * @returns undefined for a token that does not say, or says that it has ended: asking for another would ask without end.
 */
export function monotonicExpiry(token: string): number | undefined {
  const expiry = expiryOf(token);
  if (expiry === undefined) return undefined;
  const leftMs = expiry - Date.now();
  return leftMs > 0 ? performance.now() + leftMs : undefined;
}
