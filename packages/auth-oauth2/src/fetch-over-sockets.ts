import type { Logger, ProxyFor, TlsMaterial, TlsOptions } from "@mcp-router/core/plugin";
import { exchange } from "@mcp-router/sockets";
import type { Route } from "./route.ts";

/** Milliseconds for one request, up to the last byte of its answer. */
const TIMEOUT_MS = 5000;
/** Bytes of the longest answer. */
const MAX_BYTES = 256 * 1024;

/** Headers of an answer that matter here. A challenge is not among them: the body says it better (RFC 6749 §5.2). */
const KEPT = ["content-type", "retry-after"] as const;

export interface FetchOptions {
  readonly tls: TlsOptions;
  readonly material: TlsMaterial | undefined;
  readonly proxyFor: ProxyFor;
  /** Decides where a request really goes. @throws DialError for an address that must not be asked. */
  readonly route: (url: URL) => Promise<Route> | Route;
  /** The configuration key that the addresses come from. */
  readonly key: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** What the OAuth library asks of its `fetch`. */
interface FetchRequest {
  readonly method: "GET" | "POST";
  readonly headers: Record<string, string>;
  readonly body?: URLSearchParams | undefined;
}

export type Fetch = (address: string, request: FetchRequest) => Promise<Response>;

/** A `fetch` on the router's own sockets: its TLS rules, its proxies, limits of time and size, and no redirects. */
export function fetchOverSockets({ tls, material, proxyFor, route, key, log, signal }: FetchOptions): Fetch {
  return async (address, { method, headers, body }) => {
    const url = new URL(address);
    const started = performance.now();
    const record = (fields: object): void => {
      // No query, no user information, no headers, no body.
      log.debug({ method, url: placeOf(url), ms: Math.round(performance.now() - started), ...fields }, "asked");
    };
    try {
      const { to, host, serverName, decision } = await route(url);
      const answer = await exchange(
        {
          url: to,
          method,
          headers: { accept: "application/json", ...headers, host },
          ...(body === undefined ? {} : { body: body.toString() }),
        },
        {
          tls: serverName === undefined ? tls : { ...tls, serverName },
          material,
          proxyFor: decision === undefined ? proxyFor : () => decision,
          timeoutMs: TIMEOUT_MS,
          maxBytes: MAX_BYTES,
          signal,
          key,
        },
      );
      record({ status: answer.status });
      return responseOf(answer);
    } catch (cause) {
      record({ error: String(Reflect.get(Object(cause), "code")) });
      throw cause;
    }
  };
}

/** Where a URL leads, for logs and messages: without what may be secret. */
export function placeOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

function responseOf(answer: {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}): Response {
  const headers = new Headers();
  for (const name of KEPT) {
    const value = answer.headers.get(name);
    if (value !== undefined) headers.set(name, value);
  }
  const { status } = answer;
  // These have no body by their nature, and Response insists.
  const body = status === 204 || status === 205 || status === 304 ? null : new Uint8Array(answer.body);
  return new Response(body, { status: status < 200 || status > 599 ? 502 : status, headers });
}
