import type { Secret } from "./secret.ts";

/** An HTTP proxy that connections go through by `CONNECT` (RFC 9110 §9.3.6). */
export interface ProxyServer {
  /** `http:` or `https:`, without user information. */
  readonly url: URL;
  /** The value of `Proxy-Authorization`, when the proxy asks for one. It goes to the proxy and to nobody else. */
  readonly authorization: Secret | undefined;
}

/** Whether a connection goes through a proxy, and which rule decided that. */
export interface ProxyDecision {
  /** Undefined: directly. */
  readonly proxy: ProxyServer | undefined;
  /** For people: `gateway.proxy`, `HTTPS_PROXY`, `NO_PROXY (.internal)`, `no proxy is set`. */
  readonly because: string;
}

/** Decides for the address of a gateway, or of anything else that is asked on its behalf. */
export type ProxyFor = (url: URL) => ProxyDecision;
