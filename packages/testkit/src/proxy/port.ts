import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

/** A port of 127.0.0.1 that can be closed and opened again. */
export class Port {
  readonly #accept: (socket: Socket) => void;
  #server: Server | undefined;
  #number: number;

  /** @param number 0: any free one, which it then keeps. */
  constructor(number: number, accept: (socket: Socket) => void) {
    this.#number = number;
    this.#accept = accept;
  }

  get number(): number {
    return this.#number;
  }

  async open(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer({ allowHalfOpen: true, noDelay: true }, this.#accept);
    this.#server = server;
    server.listen(this.#number, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address !== null && typeof address !== "string") this.#number = address.port;
  }

  /** Settles when the port is closed and the connections are gone, which somebody has to end. */
  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, "close");
    server.close();
    await closed;
  }
}
