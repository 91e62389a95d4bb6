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
  if (url.hostname === "") return "a URL without a host";
  return isEncoded(url) ? url : "a URL whose user or password holds a percent sign that is not written as %25";
}

function isEncoded({ username, password }: URL): boolean {
  try {
    decodeURIComponent(`${username}:${password}`);
    return true;
  } catch {
    return false;
  }
}
