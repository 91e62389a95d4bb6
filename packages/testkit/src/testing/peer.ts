import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

import { onTestFinished } from "vitest";

/** One side of a TCP connection that remembers what it has got and how it ended. */
export class Peer {
  readonly socket: Socket;
  /** `end` when the other side said goodbye, the code when the connection broke. Settles when the socket is closed. */
  readonly ended: Promise<string>;
  /** What arrived, piece by piece. */
  readonly pieces: Buffer[] = [];
  #length = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    let failure = "";
    socket.on("data", (bytes: Buffer) => {
      this.pieces.push(bytes);
      this.#length += bytes.length;
    });
    socket.on("error", ({ message }) => (failure = message.replace(/^.*?(E[A-Z]+).*$/, "$1")));
    this.ended = new Promise((resolve) => socket.on("close", () => resolve(failure === "" ? "end" : failure)));
    onTestFinished(() => {
      socket.destroy();
    });
  }

  get received(): Buffer {
    return Buffer.concat(this.pieces);
  }

  get text(): string {
    return this.received.toString("latin1");
  }

  /** Settles when so many bytes have arrived in all. */
  async got(length: number): Promise<void> {
    while (this.#length < length) await once(this.socket, "data");
  }

  write(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }
}

/** A server that only collects the connections it gets. */
export class PeerServer {
  readonly port: number;
  readonly #accepted: Peer[];
  readonly #waiting: ((peer: Peer) => void)[];

  private constructor(port: number, accepted: Peer[], waiting: ((peer: Peer) => void)[]) {
    this.port = port;
    this.#accepted = accepted;
    this.#waiting = waiting;
  }

  static async listen(): Promise<PeerServer> {
    const accepted: Peer[] = [];
    const waiting: ((peer: Peer) => void)[] = [];
    const server = createServer({ noDelay: true }, (socket) => {
      const peer = new Peer(socket);
      const taker = waiting.shift();
      if (taker === undefined) accepted.push(peer);
      else taker(peer);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.close();
    });
    return new PeerServer(portOf(server), accepted, waiting);
  }

  /** The next connection. */
  accept(): Promise<Peer> {
    const peer = this.#accepted.shift();
    return peer === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(peer);
  }
}

/** A port on which nobody listens. */
export async function deadPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  server.close();
  await once(server, "close");
  return port;
}

/** The port on which a server listens. */
export function portOf(server: Pick<Server, "address">): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/** Connects and does not wait for it. */
export function dial(port: number): Peer {
  return new Peer(connect({ port, host: "127.0.0.1", noDelay: true }));
}
