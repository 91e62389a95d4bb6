import type { Frame } from "../frames/frame.ts";
import type { FrameSplitter } from "../frames/frame-splitter.ts";

export interface FaultProxyOptions<F extends Frame = Frame> {
  /** What the proxy stands in front of. */
  readonly target: { readonly host: string; readonly port: number };
  /** Default 0: any free port of 127.0.0.1. */
  readonly port?: number;
  /** What chance depends on: which connections a toxic poisons, jitter, sizes of slices, where frames are cut. Default 1. */
  readonly seed?: number;
  /** The protocol, for everything that has to do with frames: {@link webSocketFrames}, or one of your own. */
  readonly frames?: FrameSplitter<F>;
  /** Bytes of one direction of one connection that wait in the proxy before it stops reading, beside the frame that is being gathered. Default 1 MiB. */
  readonly bufferBytes?: number;
}
