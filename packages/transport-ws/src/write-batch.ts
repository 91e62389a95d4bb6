import type { Socket } from "node:net";

/** Joins everything written to a socket in one turn of the event loop into one system call. */
export class WriteBatch {
  readonly #socket: Socket;
  #open = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Call before writing. The batch leaves when the running callback has returned. */
  begin(): void {
    if (this.#open) return;
    this.#open = true;
    this.#socket.cork();
    process.nextTick(this.#flush);
  }

  readonly #flush = (): void => {
    this.#open = false;
    this.#socket.uncork();
  };
}
