import type { CutHow, Stream } from "../proxy/stream.ts";
import type { Frame } from "./frame.ts";

/** What happens to a frame. */
export type FrameDeed =
  /** The connection dies, and no byte of the frame has reached the peer. */
  | "cut_before"
  /** The connection dies when a part of the frame, but not all of it, has been handed to the peer. */
  | "cut_inside"
  /** The connection dies when all of the frame has been handed to the peer. */
  | "cut_after"
  /** It does not reach the peer; the rest goes on. */
  | "drop"
  /** It reaches the peer twice. */
  | "duplicate"
  /** It and everything behind it waits until it is released. */
  | "hold";

export interface FrameFaultOptions<F extends Frame, Deed extends FrameDeed = FrameDeed> {
  readonly stream: Stream;
  /** Which frames. Default: every one. */
  readonly matches?: (frame: F) => boolean;
  readonly do: Deed;
  /** How a connection that is cut dies. Default `reset`. */
  readonly how?: CutHow;
  /** How many frames it strikes before it is spent. Default 1. */
  readonly times?: number;
}

/** A fault that waits for its frames. */
export interface FrameFault<F extends Frame> {
  /** The frames it has struck, oldest first. */
  readonly struck: readonly F[];
  /** The first frame it strikes from now on. */
  next(): Promise<F>;
  /** From now on it strikes nothing; what it holds goes on. */
  remove(): void;
}

/** A fault that holds frames. */
export interface FrameHold<F extends Frame> extends FrameFault<F> {
  /** Lets what is held now go on. */
  release(): void;
}
