import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createServer, type TlsOptions, type TLSSocket } from "node:tls";

import { type Scope, untilTestEnds } from "./scope.ts";

/** A TLS server before a gateway that speaks plain text, as a load balancer is. */
export interface TlsFront {
  /** What the router dials: `wss:` for `ws:`, `tcps:` for `tcp:`. */
  readonly url: string;
  /** The name in the client certificate of each connection that was let in, in order; empty where there was none. */
  readonly clients: readonly string[];
  /** Another certificate, or other rules, from the next connection on. */
  replace(options: TlsOptions): void;
  /** Cuts every connection. */
  cut(): void;
}

export async function startTlsFront(
  gatewayUrl: string,
  options: TlsOptions,
  scope: Scope = untilTestEnds,
): Promise<TlsFront> {
  const { protocol, hostname, port, pathname } = new URL(gatewayUrl);
  const clients: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(options, (outer) => {
    clients.push(nameOf(outer));
    const inner = connect(Number(port), hostname);
    for (const [socket, other] of [
      [outer, inner],
      [inner, outer],
    ] as const) {
      sockets.add(socket);
      socket.pipe(other);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  scope(async () => {
    cut();
    server.close();
    await once(server, "close");
  });
  return {
    url: `${protocol.replace(":", "s:")}//127.0.0.1:${address.port}${pathname}`,
    clients,
    replace: (next) => server.setSecureContext(next),
    cut,
  };
}

function nameOf(socket: TLSSocket): string {
  const name: unknown = socket.getPeerX509Certificate()?.subject;
  return typeof name === "string" ? name.replace(/^CN=/, "") : "";
}
