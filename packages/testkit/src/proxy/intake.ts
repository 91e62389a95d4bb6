import type { Socket } from "node:net";

import type { Piece } from "./piece.ts";

/** What one side of a connection says, in order, read only as far ahead as there is room for. */
export class Intake {
  readonly #socket: Socket;
  readonly #bufferBytes: number;
  readonly #pieces: Piece[] = [];
  #buffered = 0;
  #ended = false;
  #stopped = false;
  #wake: (() => void) | undefined;

  constructor(socket: Socket, bufferBytes: number) {
    this.#socket = socket;
    this.#bufferBytes = bufferBytes;
    socket.on("data", (bytes: Buffer) => {
      if (this.#stopped) return;
      this.#buffered += bytes.length;
      if (this.#buffered >= this.#bufferBytes) socket.pause();
      this.#put({ kind: "bytes", bytes, at: performance.now() });
    });
    socket.on("end", () => {
      this.#ended = true;
      this.#put({ kind: "end", at: performance.now() });
    });
    // What happened is told by `close`.
    socket.on("error", () => {});
    socket.on("close", (failed) => {
      if (failed || !this.#ended) this.#put({ kind: "cut", how: "reset", at: performance.now() });
    });
  }

  /** The next piece; undefined when the intake was stopped. */
  async next(): Promise<Piece | undefined> {
    while (this.#pieces.length === 0 && !this.#stopped) await new Promise<void>((wake) => (this.#wake = wake));
    if (this.#stopped) return undefined;
    const piece = this.#pieces.shift();
    if (piece?.kind === "bytes") {
      this.#buffered -= piece.bytes.length;
      if (this.#buffered < this.#bufferBytes) this.#socket.resume();
    }
    return piece;
  }

  /** Nothing is wanted any more; what still comes is read and thrown away, so that the socket can end in order. */
  stop(): void {
    this.#stopped = true;
    this.#pieces.length = 0;
    this.#socket.resume();
    this.#wake?.();
  }

  #put(piece: Piece): void {
    if (this.#stopped) return;
    this.#pieces.push(piece);
    this.#wake?.();
  }
}
