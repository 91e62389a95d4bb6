import type { ProxyDecision } from "@mcp-router/core/plugin";

/** Where a request really goes. */
export interface Route {
  readonly to: URL;
  /** The `Host` header. */
  readonly host: string;
  /** The name that the certificate must have, when it is not that of `to`. */
  readonly serverName?: string;
  /** The proxy that was decided for the name, when `to` has an address in its place. */
  readonly decision?: ProxyDecision;
}
