import type { Socket } from "node:net";

import type { Dice } from "../dice.ts";
import type { SlotHost, StageSlot } from "../toxics/stage-slot.ts";
import type { AnyToxicRecord } from "../toxics/toxic-record.ts";
import { Intake } from "./intake.ts";
import type { Piece } from "./piece.ts";
import type { CutHow, Stream } from "./stream.ts";

export interface PipeOptions {
  readonly stream: Stream;
  readonly from: Socket;
  readonly to: Socket;
  readonly bufferBytes: number;
  readonly dice: Dice;
  readonly cut: (how: CutHow) => void;
}

/** Where pieces go first, before the toxics. */
export type FirstStation = (piece: Piece) => Promise<void>;

/**
 * One direction of one connection: takes a piece, leads it through the toxics and writes it, and only then takes the next.
 * Whatever is slow therefore fills the intake, which then stops reading.
 */
export class Pipe implements SlotHost {
  readonly stream: Stream;
  readonly #options: PipeOptions;
  readonly #intake: Intake;
  readonly #endings: (() => void)[] = [];
  #slots: StageSlot[] = [];
  #over = false;

  constructor(options: PipeOptions) {
    this.#options = options;
    this.stream = options.stream;
    this.#intake = new Intake(options.from, options.bufferBytes);
  }

  get over(): boolean {
    return this.#over;
  }

  whenOver(call: () => void): void {
    if (this.#over) call();
    else this.#endings.push(call);
  }

  /** Works until the connection is over. */
  async run(first: FirstStation = (piece) => this.passFrom(0, piece)): Promise<void> {
    for (let piece = await this.#intake.next(); piece !== undefined; piece = await this.#intake.next()) {
      await first(piece);
    }
  }

  /** Puts the toxic to work here, if it concerns this direction and the dice say so. */
  poison(toxic: AnyToxicRecord): void {
    if (toxic.stream !== this.stream || this.#over) return;
    const slot = toxic.poison(this, this.#options.dice.fork(toxic.order));
    if (slot !== undefined) this.#slots.push(slot);
  }

  /** By place and not by neighbour: the list may have changed while a piece was under way. */
  async passFrom(order: number, piece: Piece): Promise<void> {
    if (this.#over) return;
    const slot = this.#slots.find((each) => each.order > order);
    if (slot === undefined) await this.#write(piece);
    else await slot.take(piece);
  }

  cut(how: CutHow): void {
    this.#options.cut(how);
  }

  /** The connection is over: nothing more is read, waited for or written. */
  stop(): void {
    this.#over = true;
    this.#intake.stop();
    for (const ending of this.#endings.splice(0)) ending();
    this.#slots = [];
  }

  async #write(piece: Piece): Promise<void> {
    const { to } = this.#options;
    if (piece.kind === "cut") this.cut(piece.how);
    else if (piece.kind === "end") to.end();
    // The callback comes when the system has taken the bytes, or when the socket is gone.
    else await new Promise<void>((settled) => to.write(piece.bytes, () => settled()));
  }
}
