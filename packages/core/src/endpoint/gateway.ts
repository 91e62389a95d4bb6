import type { Wire } from "../lane/wire.ts";
import type { CredentialSource } from "../link/credential-source.ts";
import type { Link } from "../link/link.ts";
import type { LinkOwner } from "../link/link-options.ts";
import type { Endpoint } from "../plugin/endpoint.ts";
import type { ProxyFor } from "../plugin/proxy.ts";
import type { Transport } from "../plugin/transport.ts";
import type { GatewayDialect } from "./gateway-dialect.ts";

/** One endpoint, and what it takes to connect to it. */
export interface Gateway {
  readonly endpoint: Endpoint;
  readonly wire: Wire;
  readonly dialect: GatewayDialect;
  readonly transport: Transport;
  readonly credentials: CredentialSource;
  readonly proxyFor: ProxyFor;
  /** A further connection. All of them share one source of credentials. Dialling starts with {@link Link.start}. */
  readonly createLink: (owner: LinkOwner) => Link;
  /** Calls the listener when the provider has another credential than it gave before. */
  readonly onCredentialChanged: (listener: () => void) => void;
}
