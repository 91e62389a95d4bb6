import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import { onTestFinished } from "vitest";

/** A TCP client that knows nothing of frames: it writes bytes, and waits for bytes. */
export class TcpClient {
  readonly socket: Socket;
  /** `end` when the gateway has ended the connection, `reset` when it broke. */
  readonly ended: Promise<"end" | "reset">;
  #bytes = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.socket = socket;
    let ending: "end" | "reset" = "reset";
    socket.on("data", (bytes: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      socket.emit("more");
    });
    socket.on("end", () => (ending = "end"));
    socket.on("error", () => {});
    this.ended = new Promise((resolve) => socket.on("close", () => resolve(ending)));
    onTestFinished(() => {
      socket.destroy();
    });
  }

  /** Connects to `tcp://…`, or with an authority to `tcps://…`, where it may show a certificate of its own. */
  static async open(url: string, ca?: string, identity?: { cert: string; key: string }): Promise<TcpClient> {
    const { hostname: host, port } = new URL(url);
    const socket =
      ca === undefined
        ? connect(Number(port), host)
        : connectTls({ host, port: Number(port), ca, servername: "localhost", ...identity });
    const client = new TcpClient(socket);
    await once(socket, ca === undefined ? "connect" : "secureConnect");
    return client;
  }

  /** Everything that has arrived and was not taken, as Latin-1. */
  get text(): string {
    return this.#bytes.toString("latin1");
  }

  /** Writes text as Latin-1, so that a character is a byte. */
  write(bytes: Buffer | string): void {
    this.socket.write(bytes, "latin1");
  }

  /** Waits for so many bytes and takes them. */
  async take(length: number): Promise<Buffer> {
    while (this.#bytes.length < length) await once(this.socket, "more");
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }
}
