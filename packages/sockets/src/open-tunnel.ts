import { isIPv6, type Socket } from "node:net";
import { DialError, type ProxyServer, type TlsOptions } from "@mcp-router/core/plugin";
import { type ConnectOptions, connectTcp, milliseconds } from "./connect-tcp.ts";
import { DialProgress } from "./dial-progress.ts";
import { hostAndPort, hostOf } from "./host-and-port.ts";
import type { Protocol } from "./protocol.ts";
import { type ProxyAnswer, readProxyAnswer } from "./proxy-answer.ts";
import { proxyFailure, proxyRefusal } from "./proxy-failure.ts";
import { abortedDial, socketFailure, unknownFailure } from "./socket-failure.ts";
import { startTls } from "./start-tls.ts";

export interface OpenTunnelOptions extends ConnectOptions {
  /** That of `url`, the far end. */
  readonly port: number;
  readonly tls: TlsOptions;
  readonly proxy: ProxyServer;
  /** The rule that named the proxy. */
  readonly because: string;
}

// By hand, because the well-kept agents for this (https-proxy-agent, undici) take the place of the dial: they hand the refusal of
// a proxy on as if the gateway had answered, or as one error text for everything, and have no place for the rule that chose it.

/**
 * Opens a connection to a host and port through an HTTP proxy by `CONNECT` (RFC 9110 §9.3.6). What the far end says first is
 * kept. The certificate of a proxy of `https:` is always verified, and no client certificate is shown to it.
 *
 * @throws DialError which names the proxy and the rule.
 */
export async function openTunnel(options: OpenTunnelOptions): Promise<Socket> {
  const { url, port, tls, proxy, because, keepaliveMs, signal, progress, trace } = options;
  const host = hostOf(url);
  const authority = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const secure = proxy.url.protocol === "https:";
  const protocol = protocolOf(because, authority);
  const own = new DialProgress({ url: proxy.url, secure, timeoutMs: progress.timeoutMs, protocol });
  const through = `${own.target} (${because})`;
  own.target = `the proxy ${through}`;
  const started = trace === undefined ? 0 : performance.now();
  let socket: Socket | undefined;
  try {
    socket = await connectTcp({ url: proxy.url, keepaliveMs, signal, progress: own, trace });
    if (secure) {
      const { ca, minVersion } = tls;
      const rules: TlsOptions = { verify: true, minVersion, ...(ca === undefined ? {} : { ca }) };
      socket = await startTls(socket, {
        url: proxy.url,
        tls: rules,
        material: undefined,
        signal,
        progress: own,
        trace: undefined,
      });
    }
    socket.write(connectRequest(authority, proxy));
    const answer: ProxyAnswer = await readProxyAnswer(socket, signal, own);
    const refusal = proxyRefusal(answer, { target: own.target, because, authority, proxy });
    if (refusal !== undefined) throw refusal;
    trace?.done("proxy", { proxy: proxy.url.origin, rule: because, status: answer.status, ms: milliseconds(started) });
  } catch (cause) {
    socket?.on("error", () => {}).destroy();
    if (DialError.is(cause) && (cause.reason === "proxy" || cause === signal.reason)) throw cause;
    throw proxyFailure(described(cause, signal, own), own, because);
  }
  progress.target = `${hostAndPort(url)} through the proxy ${through}`;
  progress.stage = progress.secure ? "tls" : "answer";
  return socket;
}

function described(cause: unknown, signal: AbortSignal, own: DialProgress): DialError {
  if (DialError.is(cause)) return cause;
  if (signal.aborted) return abortedDial(signal.reason, own);
  return socketFailure(cause, own) ?? unknownFailure(cause, own);
}

function connectRequest(authority: string, { authorization }: ProxyServer): string {
  const credential = authorization === undefined ? "" : `Proxy-Authorization: ${authorization.reveal()}\r\n`;
  return `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credential}\r\n`;
}

/** How a proxy speaks of itself when a dial does not get through it. */
function protocolOf(because: string, authority: string): Protocol {
  return {
    plain: "http",
    secure: "https",
    key: because,
    silent: {
      says: `connected, but CONNECT ${authority} was not answered`,
      hint: `Check that ${because} names an HTTP proxy which can reach ${authority}.`,
    },
    hungUp: () => ({
      says: `without answering CONNECT ${authority}`,
      hint: `Check that ${because} names an HTTP proxy, and its scheme: http:// or https://.`,
    }),
  };
}
