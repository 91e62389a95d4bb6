/** `host:port` of a WebSocket URL with the port spelled out, as people look for it in firewall rules and server logs. */
export function hostAndPort(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === "wss:" ? "443" : "80")}`;
}
