import type { Socket } from "node:net";
import {
  type ConnectionOptions,
  type Credential,
  DialError,
  type DialTrace,
  type Endpoint,
  type ProxyDecision,
} from "@mcp-router/core/plugin";
import { connectTcp, requiredPort } from "./connect-tcp.ts";
import type { DialProgress } from "./dial-progress.ts";
import { abortedDial, socketFailure, unknownFailure } from "./socket-failure.ts";
import { startTls } from "./start-tls.ts";

/** Where a socket goes, and under which rules: an endpoint, or what has these of its parts. */
export interface SocketTarget extends Pick<Endpoint, "url" | "tls"> {
  readonly connection: Pick<ConnectionOptions, "keepaliveIntervalMs">;
}

export interface OpenSocketOptions {
  /** What `proxyFor` said about the URL. Undefined: directly. */
  readonly decision?: ProxyDecision | undefined;
  readonly trace?: DialTrace | undefined;
}

/**
 * Opens a connection to the host and port of an endpoint's URL, with TLS when `progress` says so, and through a proxy when
 * `decision` does. Nagle's algorithm is off and TCP keepalive on. The socket does not read yet; its owner must listen for
 * errors before the turn is over.
 *
 * @throws DialError saying why; when `signal` aborts, what its reason means.
 */
export async function openSocket(
  { url, tls, connection }: SocketTarget,
  credential: Pick<Credential, "tls">,
  signal: AbortSignal,
  progress: DialProgress,
  { decision, trace }: OpenSocketOptions = {},
): Promise<Socket> {
  try {
    signal.throwIfAborted();
    const common = { url, keepaliveMs: connection.keepaliveIntervalMs, signal, progress, trace };
    let socket: Socket;
    if (decision?.proxy === undefined) {
      if (decision !== undefined) trace?.done("proxy", { proxy: "none", rule: decision.because });
      socket = await connectTcp(common);
    } else {
      const port = requiredPort(url, progress);
      const { openTunnel } = await import("./open-tunnel.ts");
      socket = await openTunnel({ ...common, port, tls, proxy: decision.proxy, because: decision.because });
    }
    if (!progress.secure) return socket;
    return await startTls(socket, { url, tls, material: credential.tls, signal, progress, trace });
  } catch (cause) {
    if (DialError.is(cause)) throw cause;
    if (signal.aborted) throw abortedDial(signal.reason, progress);
    throw socketFailure(cause, progress) ?? unknownFailure(cause, progress);
  }
}
