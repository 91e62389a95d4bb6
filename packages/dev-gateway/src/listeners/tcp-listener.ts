import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

import { createFraming } from "../framing/create-framing.ts";
import type { FramingName } from "../framing/framing.ts";
import { openHealthPort } from "../http/health-port.ts";
import type { GatewayHealth } from "../http/gateway-health.ts";
import type { LogLevel } from "../log/log-entry.ts";
import type { AcceptConnection } from "./connection.ts";
import type { Listener } from "./listener.ts";
import { openPort } from "./open-port.ts";
import { SocketGate } from "./socket-gate.ts";
import { TcpConnection } from "./tcp-connection.ts";
import { serverOptions, watchHandshakes } from "./tls-handshakes.ts";
import type { TlsIdentity } from "./tls-handshakes.ts";
import { urlHost } from "./url-host.ts";

/** What a listener for framed TCP needs to know. */
export interface TcpListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly maxMessageBytes: number;
  readonly framing: FramingName;
  readonly tls: TlsIdentity | undefined;
  /** Where plain HTTP is answered beside it: 0 takes a free port, undefined none. */
  readonly healthPort: number | undefined;
  readonly health: () => GatewayHealth;
  /** Settles when a new connection is served. */
  readonly admit: () => Promise<unknown>;
  readonly accept: AcceptConnection;
  readonly log: (level: LogLevel, message: string) => void;
}

const SOCKETS = { noDelay: true, keepAlive: true, allowHalfOpen: true };

/** Opens one port for framed TCP, with a plain HTTP port for `/health` beside it if one is asked for. */
export async function listenTcp(options: TcpListenerOptions): Promise<Listener> {
  const { host, tls, maxMessageBytes, log } = options;
  /** Sockets that are no session yet: waiting to be admitted, or to say hello. */
  const pending = new Set<Socket>();
  const serve = (socket: Socket): void => {
    pending.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => pending.delete(socket));
    const remoteAddress = `${socket.remoteAddress ?? "unknown"}:${socket.remotePort ?? 0}`;
    const connection = new TcpConnection({
      gate: new SocketGate(socket),
      framing: createFraming(options.framing, maxMessageBytes),
      remoteAddress,
      accept(accepted) {
        pending.delete(socket);
        return options.accept(accepted);
      },
      log,
    });
    void options.admit().then(() => {
      if (!socket.destroyed) connection.begin();
    });
  };
  const server: Server =
    tls === undefined ? createServer(SOCKETS, serve) : createTlsServer({ ...SOCKETS, ...serverOptions(tls) }, serve);
  const handshakes = tls === undefined ? undefined : watchHandshakes(server, (message) => log("warn", message));

  const port = await openPort(server, options);
  const close = (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    handshakes?.destroy();
    for (const socket of pending) socket.destroy();
    return closed;
  };
  const healthPort = await openHealthPort(options).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    url: `${tls === undefined ? "tcp" : "tcps"}://${urlHost(host)}:${port}`,
    healthUrl: healthPort?.url ?? "",
    port,
    async close() {
      await Promise.all([close(), healthPort?.close()]);
    },
  };
}
