import type { Dice } from "../dice.ts";
import type { Piece } from "../proxy/piece.ts";
import type { CutHow } from "../proxy/stream.ts";

/** One toxic in one direction of one connection. */
export interface ToxicStage {
  /** The toxic begins here, or its attributes have changed. */
  changed?(): void;
  /** Takes the next piece. The one after it comes when this has settled: that is what holds the sender back. */
  take(piece: Piece): Promise<void>;
}

/** What a stage works with. */
export interface ToxicFlow<Attributes> {
  /** As they are now. */
  readonly attributes: Attributes;
  /** Whether the toxic is still to do its work: it is neither removed nor is the connection over. */
  readonly active: boolean;
  readonly dice: Dice;
  /**
   * Waits so many milliseconds; `Infinity` for ever.
   *
   * @returns `false` when the wait ended early: the toxic has changed or is not active any more.
   */
  wait(milliseconds: number): Promise<boolean>;
  /** Hands a piece to the next station. */
  pass(piece: Piece): Promise<void>;
  /** Ends the connection. */
  cut(how: CutHow): void;
}

export type ToxicBehaviour<Attributes> = (flow: ToxicFlow<Attributes>) => ToxicStage;
