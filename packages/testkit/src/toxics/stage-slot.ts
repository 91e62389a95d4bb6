import type { Dice } from "../dice.ts";
import type { Piece } from "../proxy/piece.ts";
import type { CutHow } from "../proxy/stream.ts";
import type { ToxicFlow, ToxicStage } from "./toxic-stage.ts";

/** The direction of a connection in which a stage works. */
export interface SlotHost {
  /** Whether the connection is over. */
  readonly over: boolean;
  /** Calls it when the connection is over. */
  whenOver(call: () => void): void;
  /** Hands a piece to whatever comes after this place. */
  passFrom(order: number, piece: Piece): Promise<void>;
  cut(how: CutHow): void;
}

export interface StageSlotOptions {
  readonly host: SlotHost;
  readonly dice: Dice;
  readonly order: number;
}

/** The place of one toxic in one direction: its waits, which end with the toxic, its change, or the connection. */
export class StageSlot {
  readonly order: number;
  readonly #host: SlotHost;
  readonly #dice: Dice;
  readonly #waits = new Set<() => void>();
  #stage: ToxicStage | undefined;
  #removed = false;

  constructor({ host, dice, order }: StageSlotOptions) {
    this.order = order;
    this.#host = host;
    this.#dice = dice;
    host.whenOver(() => this.#wake());
  }

  /** What the stage is made with. */
  flow<Attributes>(attributes: () => Attributes): ToxicFlow<Attributes> {
    const isActive = (): boolean => !this.#removed && !this.#host.over;
    return {
      dice: this.#dice,
      get attributes() {
        return attributes();
      },
      get active() {
        return isActive();
      },
      wait: (milliseconds) => this.#wait(milliseconds),
      pass: (piece) => this.#host.passFrom(this.order, piece),
      cut: (how) => this.#host.cut(how),
    };
  }

  start(stage: ToxicStage): void {
    this.#stage = stage;
    stage.changed?.();
  }

  async take(piece: Piece): Promise<void> {
    if (this.#stage === undefined || this.#removed) await this.#host.passFrom(this.order, piece);
    else await this.#stage.take(piece);
  }

  /** The attributes have changed. */
  changed(): void {
    this.#wake();
    this.#stage?.changed?.();
  }

  remove(): void {
    this.#removed = true;
    this.#wake();
  }

  #wait(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (elapsed: boolean): void => {
        clearTimeout(timer);
        this.#waits.delete(early);
        resolve(elapsed);
      };
      const early = (): void => end(false);
      const timer = Number.isFinite(milliseconds) ? setTimeout(() => end(true), milliseconds) : undefined;
      if (this.#removed || this.#host.over) early();
      else this.#waits.add(early);
    });
  }

  #wake(): void {
    for (const early of this.#waits) early();
  }
}
