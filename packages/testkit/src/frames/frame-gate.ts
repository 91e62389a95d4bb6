import type { Dice } from "../dice.ts";
import type { Piece } from "../proxy/piece.ts";
import type { CutHow } from "../proxy/stream.ts";
import type { ArmedFault } from "./armed-fault.ts";
import type { Frame } from "./frame.ts";
import type { Portion, StreamSplitter } from "./frame-splitter.ts";

export interface FrameGateOptions<F extends Frame> {
  readonly splitter: StreamSplitter<F>;
  readonly dice: Dice;
  readonly isOver: () => boolean;
  /** Settles when the connection is over. */
  readonly whenOver: Promise<void>;
  /** A frame has come; gives the fault that is to strike it. */
  readonly arrived: (frame: F) => ArmedFault<F> | undefined;
  /** The next station. */
  readonly pass: (piece: Piece) => Promise<void>;
}

/** Where one direction of a connection is looked at frame by frame, and frame faults strike. */
export class FrameGate<F extends Frame> {
  readonly #options: FrameGateOptions<F>;

  constructor(options: FrameGateOptions<F>) {
    this.#options = options;
  }

  async take(piece: Piece): Promise<void> {
    const { splitter, isOver } = this.#options;
    if (piece.kind === "bytes") {
      for (const portion of splitter.push(piece.bytes)) {
        if (isOver()) return;
        await this.#portion(portion, piece.at);
      }
      return;
    }
    const rest = splitter.rest();
    if (rest.length > 0) await this.#bytes(rest, piece.at);
    await this.#options.pass(piece);
  }

  async #portion({ bytes, frame }: Portion<F>, at: number): Promise<void> {
    const fault = frame === undefined ? undefined : this.#options.arrived(frame);
    if (fault === undefined || frame === undefined) {
      await this.#bytes(bytes, at);
      return;
    }
    const { do: deed, how = "reset" } = fault.options;
    fault.strike(frame);
    switch (deed) {
      case "cut_before":
        await this.#cut(how, at);
        break;
      case "cut_inside":
        await this.#bytes(bytes.subarray(0, this.#options.dice.integer(1, bytes.length - 1)), at);
        await this.#cut(how, at);
        break;
      case "cut_after":
        await this.#bytes(bytes, at);
        await this.#cut(how, at);
        break;
      case "drop":
        break;
      case "duplicate":
        await this.#bytes(bytes, at);
        await this.#bytes(bytes, at);
        break;
      case "hold":
        await Promise.race([this.#options.whenOver, new Promise<void>((go) => fault.hold(go))]);
        await this.#bytes(bytes, at);
        break;
    }
  }

  #bytes(bytes: Buffer, at: number): Promise<void> {
    return this.#options.pass({ kind: "bytes", bytes, at });
  }

  #cut(how: CutHow, at: number): Promise<void> {
    return this.#options.pass({ kind: "cut", how, at });
  }
}
