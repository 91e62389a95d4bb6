import { isIP, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { DialTrace, TlsMaterial, TlsOptions } from "@mcp-router/core/plugin";
import { BUFFER } from "./connect-tcp.ts";
import type { DialProgress } from "./dial-progress.ts";
import { hostOf } from "./host-and-port.ts";
import { settled } from "./settled.ts";
import { tlsOptions } from "./tls-options.ts";

export interface StartTlsOptions {
  readonly url: URL;
  readonly tls: TlsOptions;
  readonly material: TlsMaterial | undefined;
  readonly signal: AbortSignal;
  readonly progress: DialProgress;
  readonly trace: DialTrace | undefined;
}

/** Speaks TLS on an open socket, up to an accepted certificate. A socket on which that fails is destroyed. */
export async function startTls(
  socket: Socket,
  { url, tls, material, signal, progress, trace }: StartTlsOptions,
): Promise<TLSSocket> {
  const started = trace === undefined ? 0 : performance.now();
  try {
    const { servername, ...options } = tlsOptions(tls, material);
    const name = servername ?? hostOf(url);
    // Loaded only now: most sessions have no need of it, or have it from elsewhere.
    const secure = process.getBuiltinModule("node:tls").connect({
      ...options,
      socket,
      // The name that the certificate must have. Only host names are asked for (RFC 6066 §3).
      host: name,
      ...(isIP(name) === 0 ? { servername: name } : {}),
      ...BUFFER,
    });
    progress.follow(secure);
    await settled(secure, "secureConnect", signal);
    if (tls.pins !== undefined || trace !== undefined) {
      const { inspectPeer } = await import("./inspect-peer.ts");
      inspectPeer(secure, { pins: tls.pins, progress, trace, started });
    }
    return secure;
  } catch (cause) {
    socket.destroy();
    throw cause;
  }
}
