/** The word that keeps the router from looking for a proxy in the environment. */
export const DIRECT = "direct";

/**
 * Reads the address of an HTTP proxy; without a scheme it is `http:`.
 *
 * @returns what is wrong with it, in words that show nothing of it: it may hold a password.
 */
export function readProxyUrl(text: string): URL | string {
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(written)) return "no URL";
  const url = new URL(written);
  if (!/^https?:$/.test(url.protocol)) return `a URL of the scheme ${url.protocol}`;
  return url.hostname === "" ? "a URL without a host" : url;
}
