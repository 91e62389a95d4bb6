import { isIP, type Socket } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import type { DialTrace, TlsMaterial, TlsOptions } from "@mcp-router/core/plugin";
import { BUFFER } from "./connect-tcp.ts";
import type { DialProgress } from "./dial-progress.ts";
import { hostOf } from "./host-and-port.ts";
import { settled } from "./settled.ts";
import { socketFailure, textMember } from "./socket-failure.ts";
import { materialFailure } from "./tls-failure.ts";
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
    const secure = begin(
      {
        ...options,
        socket,
        // The name that the certificate must have. Only host names are asked for (RFC 6066 §3).
        host: name,
        ...(isIP(name) === 0 ? { servername: name } : {}),
        ...BUFFER,
      },
      progress,
    );
    progress.follow(secure);
    await settled(secure, "secureConnect", signal);
    if (tls.pins !== undefined || trace !== undefined) {
      const { inspectPeer } = await unlessBroken(secure, import("./inspect-peer.ts"));
      inspectPeer(secure, { pins: tls.pins, progress, trace, started });
    }
    return secure;
  } catch (cause) {
    socket.destroy();
    throw cause;
  }
}

/** The result, unless the socket breaks meanwhile: a refusal of the client certificate may come right after the handshake. */
async function unlessBroken<T>(socket: TLSSocket, loading: Promise<T>): Promise<T> {
  let broken: Error | undefined;
  const note = (error: Error): void => {
    broken = error;
  };
  socket.on("error", note);
  const loaded = await loading;
  socket.off("error", note);
  if (broken !== undefined) throw broken;
  return loaded;
}

function begin(options: ConnectionOptions, progress: DialProgress): TLSSocket {
  try {
    // Loaded only now: most sessions have no need of it, or have it from elsewhere.
    return process.getBuiltinModule("node:tls").connect(options);
  } catch (cause) {
    // What is thrown here is about what we have given: the peer has not been asked yet.
    throw socketFailure(cause, progress) ?? materialFailure(cause, textMember(cause, "message"), progress);
  }
}
