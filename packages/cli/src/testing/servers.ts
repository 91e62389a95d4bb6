import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener, type ServerResponse } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { onTestFinished } from "vitest";

/** A port of this machine on which the server listens until the test ends. */
async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  const quiet = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  };
  server
    .on("connection", quiet)
    .on("secureConnection", quiet)
    .on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return portOf(server);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/** A server that does with each connection what `serve` says; nothing: it stays silent. */
export async function tcpServer(serve: (socket: Socket) => void = () => {}): Promise<number> {
  return await listen(createServer(serve));
}

/** A server of TLS that says nothing after the handshake. */
export async function tlsServer(options: TlsOptions): Promise<number> {
  return await listen(createTlsServer(options));
}

/** A web server that answers every request, and every upgrade, in the same way. */
export async function webServer(answer: (response: ServerResponse) => void): Promise<number> {
  const serve: RequestListener = (_request, response) => answer(response);
  return await listen(createHttpServer(serve));
}

/** An HTTP proxy that asks for a password and takes none. */
export async function lockedProxy(): Promise<number> {
  const server = createHttpServer();
  server.on("connect", (_request: unknown, socket: Socket) => {
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="corp"\r\n\r\n');
  });
  return await listen(server);
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  server.close();
  await once(server, "close");
  return port;
}
