import type { Server, Socket } from "node:net";
import type { TLSSocket, TlsOptions } from "node:tls";

/** What a TLS server shows of itself, as PEM text. */
export interface TlsIdentity {
  /** The certificate, with those of intermediate authorities behind it. */
  readonly cert: string;
  readonly key: string;
  /** PEM of the authorities whose client certificates are let in. With it, nobody comes in without one. */
  readonly ca?: string;
}

/** How a server is made of that. */
export function serverOptions({ cert, key, ca }: TlsIdentity): TlsOptions {
  if (ca === undefined) return { cert, key };
  return { cert, key, ca, requestCert: true, rejectUnauthorized: true };
}

/** Connections whose TLS handshake is not done: nobody else knows of them, and a server that closes would wait for them. */
export interface TlsHandshakes {
  /** Ends them. */
  destroy(): void;
}

/** Keeps the handshakes of a TLS server, and tells of those that fail. */
export function watchHandshakes(server: Server, warn: (message: string) => void): TlsHandshakes {
  const pending = new Map<string, Socket>();
  server.on("connection", (socket) => {
    const peer = peerOf(socket);
    pending.set(peer, socket);
    socket.once("close", () => pending.delete(peer));
  });
  server.on("secureConnection", (socket: TLSSocket) => pending.delete(peerOf(socket)));
  server.on("tlsClientError", (error: Error, socket: TLSSocket) => {
    warn(`TLS handshake with ${peerOf(socket)} failed: ${error.message}`);
    socket.destroy();
  });
  return {
    destroy() {
      for (const socket of pending.values()) socket.destroy();
    },
  };
}

/** The two ends of a handshake's sockets are told to be the same by their peer. */
function peerOf(socket: Socket): string {
  return `${socket.remoteAddress ?? "unknown"}:${socket.remotePort ?? 0}`;
}
