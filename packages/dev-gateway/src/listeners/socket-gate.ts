import { Duplex } from "node:stream";

import type { Pace } from "./pace.ts";

type Done = (error?: Error | null) => void;

/**
 * Stands between a protocol and its socket and can hold everything back, or let bytes out slowly. Below the framing, so
 * that control frames (pongs, close frames) wait in line like everything else, as they do behind a slow wire.
 *
 * @remarks Costs nothing measurable while it does nothing: what is written in one turn leaves in one system call.
 */
export class SocketGate extends Duplex {
  readonly #socket: Duplex;
  readonly #paces: Pace[] = [];
  #stalled = false;
  /** What goes on with a write that a stall has interrupted. */
  #goOn: (() => void) | undefined;
  #gap: NodeJS.Timeout | undefined;

  constructor(socket: Duplex) {
    // The socket decides when it is half open; the protocol above ends its own side.
    super({ allowHalfOpen: true });
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.on("end", () => this.push(null));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => {
      // After a proper end the reader may still have to fetch what is buffered here.
      if (!socket.readableEnded) this.destroy();
    });
    socket.pause();
  }

  /** Stops reading and writing; the connection stays up. */
  stall(): void {
    this.#stalled = true;
    this.#socket.pause();
  }

  /** Ends a stall: what waited on either side moves on. */
  release(): void {
    if (!this.#stalled) return;
    this.#stalled = false;
    this.#socket.resume();
    const goOn = this.#goOn;
    this.#goOn = undefined;
    goOn?.();
  }

  /** Lets bytes out slowly until the returned function is called. Of several paces the last one counts. */
  slowDown(pace: Pace): () => void {
    this.#paces.push(pace);
    return () => {
      const index = this.#paces.indexOf(pace);
      if (index !== -1) this.#paces.splice(index, 1);
    };
  }

  override _read(): void {
    if (!this.#stalled) this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#forward([chunk], done);
  }

  override _writev(items: readonly { readonly chunk: Buffer }[], done: Done): void {
    this.#forward(
      items.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: Done): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: Done): void {
    clearTimeout(this.#gap);
    this.#goOn = undefined;
    this.#socket.destroy();
    done(error);
  }

  #forward(chunks: readonly Buffer[], done: Done): void {
    if (this.#stalled) {
      this.#goOn = () => this.#forward(chunks, done);
      return;
    }
    const pace = this.#paces.at(-1);
    if (pace !== undefined) {
      this.#drip(Buffer.concat(chunks), pace, done);
      return;
    }
    this.#socket.cork();
    for (const chunk of chunks) this.#socket.write(chunk);
    this.#socket.uncork();
    // At once, not when the peer has it: what was written before a `terminate` has left, as without a gate.
    if (this.#socket.writableNeedDrain) this.#socket.once("drain", done);
    else done();
  }

  #drip(bytes: Buffer, pace: Pace, done: Done): void {
    this.#socket.write(bytes.subarray(0, pace.bytes));
    const rest = bytes.subarray(pace.bytes);
    if (rest.length === 0) done();
    else this.#gap = setTimeout(() => this.#forward([rest], done), pace.gapMs);
  }
}
