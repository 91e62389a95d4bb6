import type { Stream } from "../proxy/stream.ts";
import type { Frame } from "./frame.ts";

/** Some bytes of the stream: one whole frame, or bytes that are none, such as an HTTP upgrade. */
export interface Portion<F extends Frame> {
  readonly bytes: Buffer;
  readonly frame?: F;
}

/**
 * Finds the frames in one direction of one connection.
 *
 * @remarks All portions together, with the `rest`, are the bytes that were pushed: nothing is added, lost or reordered.
 * What is no protocol at all passes as portions without a frame; a splitter does not throw.
 */
export interface StreamSplitter<F extends Frame> {
  /** Takes what has arrived and gives what is complete. */
  push(bytes: Buffer): readonly Portion<F>[];
  /** What has arrived and is not complete. It is given once: the stream has ended. */
  rest(): Buffer;
}

/** A protocol: makes a splitter for one direction of a new connection. */
export type FrameSplitter<F extends Frame> = (stream: Stream) => StreamSplitter<F>;
