const DEFAULT_PORTS: ReadonlyMap<string, string> = new Map([
  ["ws:", "80"],
  ["http:", "80"],
  ["wss:", "443"],
  ["https:", "443"],
]);

/**
 * The host of a URL as the system takes it: no brackets around IPv6, lower case, ASCII. URLs of schemes that are not the
 * web's keep their host as it was written.
 */
export function hostOf(url: URL): string {
  const written = `http://${url.hostname}`;
  const host = URL.canParse(written) ? new URL(written).hostname : url.hostname;
  return host.startsWith("[") ? host.slice(1, -1) : host;
}

/** The port of a URL; that of its scheme when it names none, and undefined when the scheme has none. */
export function portOf(url: URL): number | undefined {
  const port = url.port || DEFAULT_PORTS.get(url.protocol);
  return port === undefined ? undefined : Number(port);
}

/** `host:port` of a URL with the port spelled out, as people look for it in firewall rules and server logs. */
export function hostAndPort(url: URL): string {
  const port = portOf(url);
  return port === undefined ? url.hostname : `${url.hostname}:${port}`;
}
