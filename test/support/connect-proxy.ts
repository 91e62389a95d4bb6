import { connect, createServer, type Socket } from "node:net";

import { type Scope, untilTestEnds } from "./scope.ts";

export interface ConnectProxy {
  readonly port: number;
  /** The heads of all requests, as they came. */
  readonly heads: readonly string[];
  /** Every byte that has passed from clients to gateways. */
  readonly passed: () => Buffer;
  /** `hang`: takes requests and does not answer. */
  behaviour: "serve" | "hang";
  /** Ends all tunnels. */
  cut(): void;
}

export interface ConnectProxyOptions {
  /** The port of this machine to which every tunnel leads, whatever was asked for. */
  readonly to: number;
  /** `user:password`; without it the proxy asks for none. */
  readonly login?: string;
  readonly scope?: Scope;
}

/** An HTTP proxy that knows `CONNECT` and nothing else. */
export async function startConnectProxy({
  to,
  login,
  scope = untilTestEnds,
}: ConnectProxyOptions): Promise<ConnectProxy> {
  const heads: string[] = [];
  const passed: Buffer[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  };
  const proxy: ConnectProxy = {
    port: 0,
    heads,
    passed: () => Buffer.concat(passed),
    behaviour: "serve",
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
  const server = createServer((client) => {
    keep(client);
    client.once("data", (head: Buffer) => {
      heads.push(head.toString("latin1"));
      if (proxy.behaviour === "hang") return;
      const wanted = login === undefined ? undefined : `Basic ${Buffer.from(login).toString("base64")}`;
      if (wanted !== undefined && !head.includes(`${wanted}\r\n`)) {
        client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="corp"\r\n\r\n');
        return;
      }
      const gateway = connect({ host: "127.0.0.1", port: to }, () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        client.on("data", (bytes: Buffer) => passed.push(bytes));
        client.pipe(gateway).pipe(client);
      });
      keep(gateway);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  scope(() => {
    proxy.cut();
    server.close();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the proxy has no port");
  return Object.assign(proxy, { port: address.port });
}
