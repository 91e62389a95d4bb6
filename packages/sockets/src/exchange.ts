import type { DialTrace, ProxyFor, TlsMaterial, TlsOptions } from "@mcp-router/core/plugin";

export interface ExchangeRequest {
  /** `http:` or `https:`. User information in it is not sent. */
  readonly url: URL;
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ExchangeOptions {
  /** Rules for `https:`. For another host than the gateway's see `tlsOfOtherHost`. */
  readonly tls: TlsOptions;
  /** Takes the place of what `tls` has. */
  readonly material?: TlsMaterial | undefined;
  readonly proxyFor: ProxyFor;
  /** Milliseconds for everything, up to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Longest body of an answer. Default 256 KiB. */
  readonly maxBytes?: number;
  readonly signal: AbortSignal;
  /** The configuration key that the URL comes from, for hints. Default: “the URL”. */
  readonly key?: string;
  readonly trace?: DialTrace | undefined;
}

export interface ExchangeAnswer {
  /** Any status is an answer, 3xx too: redirects are not followed. */
  readonly status: number;
  /** Names in lower case; several values of one name are joined as RFC 9110 §5.2 says. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/**
 * Sends one HTTP request on a connection of its own, through the proxy that `proxyFor` names (always by `CONNECT`), and reads
 * the whole answer.
 *
 * @throws DialError whose text and hint show host and port of the URL, never its path, query or user information, nor
 * anything of headers and body.
 */
export async function exchange(request: ExchangeRequest, options: ExchangeOptions): Promise<ExchangeAnswer> {
  const { ask } = await import("./ask.ts");
  const { body, ...head } = await ask(request, options);
  if (!Buffer.isBuffer(body)) throw body;
  return { ...head, body };
}
