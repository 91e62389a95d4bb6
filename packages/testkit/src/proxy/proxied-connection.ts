import type { Socket } from "node:net";

import type { Dice } from "../dice.ts";
import type { ArmedFault } from "../frames/armed-fault.ts";
import type { Frame } from "../frames/frame.ts";
import { FrameGate } from "../frames/frame-gate.ts";
import type { FrameSplitter } from "../frames/frame-splitter.ts";
import type { AnyToxicRecord } from "../toxics/toxic-record.ts";
import { Pipe } from "./pipe.ts";
import type { CutHow, Stream } from "./stream.ts";

export interface ProxiedConnectionOptions<F extends Frame> {
  readonly client: Socket;
  /** May still be connecting. */
  readonly target: Socket;
  readonly bufferBytes: number;
  readonly dice: Dice;
  readonly frames: FrameSplitter<F> | undefined;
  /** A frame has come; gives the fault that is to strike it. */
  readonly frameArrived: (stream: Stream, frame: F) => ArmedFault<F> | undefined;
}

/** A client, the target, and both directions between them. */
export class ProxiedConnection<F extends Frame> {
  /** Settles when both sockets are closed, with how it was cut; undefined when both sides have ended it in order. */
  readonly closed: Promise<CutHow | undefined>;
  readonly #sockets: readonly Socket[];
  readonly #pipes: readonly Pipe[];
  #cut: CutHow | undefined;

  constructor(options: ProxiedConnectionOptions<F>, toxics: Iterable<AnyToxicRecord>) {
    const { client, target, bufferBytes, dice } = options;
    this.#sockets = [client, target];
    const cut = (how: CutHow): void => this.cut(how);
    this.#pipes = [
      new Pipe({ stream: "upstream", from: client, to: target, bufferBytes, dice: dice.fork(0), cut }),
      new Pipe({ stream: "downstream", from: target, to: client, bufferBytes, dice: dice.fork(1), cut }),
    ];
    this.closed = this.#untilClosed();
    for (const toxic of toxics) this.poison(toxic);
    for (const pipe of this.#pipes) {
      const gate = this.#gate(pipe, options);
      void pipe.run(gate && ((piece) => gate.take(piece)));
    }
  }

  poison(toxic: AnyToxicRecord): void {
    for (const pipe of this.#pipes) pipe.poison(toxic);
  }

  /** Ends both sides; what was under way is lost. */
  cut(how: CutHow): void {
    if (this.#cut !== undefined) return;
    this.#cut = how;
    for (const pipe of this.#pipes) pipe.stop();
    for (const socket of this.#sockets) {
      if (how === "end") socket.end();
      else reset(socket);
    }
  }

  /** Resets both sides, also those to which a goodbye is under way. */
  reset(): void {
    if (this.#cut !== "end") this.cut("reset");
    else for (const socket of this.#sockets) reset(socket);
  }

  /** Ends it now: a goodbye under way and a target that is still being connected are not waited for. */
  destroy(): void {
    this.cut("reset");
    for (const socket of this.#sockets) socket.destroy();
  }

  #gate(pipe: Pipe, { frames, frameArrived, dice }: ProxiedConnectionOptions<F>): FrameGate<F> | undefined {
    if (frames === undefined) return undefined;
    const { stream } = pipe;
    return new FrameGate({
      splitter: frames(stream),
      dice: dice.fork(stream === "upstream" ? 2 : 3),
      isOver: () => pipe.over,
      whenOver: new Promise((resolve) => pipe.whenOver(resolve)),
      arrived: (frame) => frameArrived(stream, frame),
      pass: (piece) => pipe.passFrom(0, piece),
    });
  }

  async #untilClosed(): Promise<CutHow | undefined> {
    await Promise.all(
      this.#sockets.map((socket) => new Promise<void>((resolve) => socket.once("close", () => resolve()))),
    );
    for (const pipe of this.#pipes) pipe.stop();
    return this.#cut;
  }
}

function reset(socket: Socket): void {
  // Between a goodbye and its delivery the system refuses a reset.
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
