import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";

import { WebSocketServer } from "ws";

import { answerHttp } from "../http/answer-http.ts";
import type { GatewayHealth } from "../http/gateway-health.ts";
import { headerLines } from "../http/header-lines.ts";
import { refuseUpgrade } from "../http/refuse-upgrade.ts";
import type { AcceptConnection } from "./connection.ts";
import type { Listener } from "./listener.ts";
import { openPort } from "./open-port.ts";
import { SocketGate } from "./socket-gate.ts";
import { urlHost } from "./url-host.ts";
import { serverOptions, watchHandshakes } from "./tls-handshakes.ts";
import type { TlsIdentity } from "./tls-handshakes.ts";
import type { UpgradeAnswer, UpgradeRequest } from "./upgrade-answer.ts";
import { adoptWebSocket } from "./websocket-connection.ts";

/** What a WebSocket listener needs to know. */
export interface WebSocketListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly maxMessageBytes: number;
  readonly path: string;
  readonly health: () => GatewayHealth;
  /** What every answer to an upgrade says of the gateway. */
  readonly headers: OutgoingHttpHeaders;
  readonly tls: TlsIdentity | undefined;
  readonly decide: (request: UpgradeRequest) => Promise<UpgradeAnswer>;
  readonly refused: (request: UpgradeRequest, status: number) => void;
  readonly accept: AcceptConnection;
  readonly warn: (message: string) => void;
}

const TIMEOUTS = { headersTimeout: 5000, requestTimeout: 10_000 };

/** Opens one port for WebSocket and plain HTTP (`/health`). */
export async function listenWebSocket(options: WebSocketListenerOptions): Promise<Listener> {
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: options.maxMessageBytes,
    // ws would pick the first subprotocol a client offers; strict gateways pick none.
    handleProtocols: () => false,
  });
  const upgradeHeaders = new WeakMap<IncomingMessage, OutgoingHttpHeaders>();
  webSockets.on("headers", (lines, request) => lines.push(...headerLines(upgradeHeaders.get(request) ?? {})));
  const pending = new Set<Duplex>();
  const { host, path, tls } = options;
  const server = tls === undefined ? createServer(TIMEOUTS) : createTlsServer({ ...TIMEOUTS, ...serverOptions(tls) });
  const handshakes = tls === undefined ? undefined : watchHandshakes(server, options.warn);
  server.on("request", (request, response) => answerHttp(request, response, options));
  server.on("upgrade", (request, socket, head) => {
    pending.add(socket);
    // A client that goes away while it is decided about must not end the process.
    socket.on("error", () => socket.destroy());
    void answer(request, socket, head).finally(() => pending.delete(socket));
  });

  async function answer(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const asked = {
      url: request.url ?? "/",
      headers: request.headers,
      remoteAddress: request.socket.remoteAddress ?? "unknown",
    };
    const decision = await options.decide(asked);
    if (socket.destroyed) return;
    const headers = { ...options.headers, ...decision.headers };
    if (decision.status !== 101) {
      options.refused(asked, decision.status);
      refuseUpgrade(socket, { ...decision, headers });
      return;
    }
    upgradeHeaders.set(request, headers);
    const gate = new SocketGate(socket);
    webSockets.handleUpgrade(request, gate, head, (webSocket) => {
      adoptWebSocket(webSocket, gate, request, options.accept);
    });
  }

  const port = await openPort(server, options);
  const authority = `${urlHost(host)}:${port}`;
  return {
    url: `${tls === undefined ? "ws" : "wss"}://${authority}${path}`,
    healthUrl: `${tls === undefined ? "http" : "https"}://${authority}/health`,
    port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of pending) socket.destroy();
      handshakes?.destroy();
      server.closeAllConnections();
      await closed;
    },
  };
}
