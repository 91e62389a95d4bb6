import type { ToxicAttributes } from "./toxic.ts";
import type { ToxicBehaviour } from "./toxic-stage.ts";

/** Slices are as long as what passes in this time, so that a large piece trickles. */
const SLICE_MS = 50;

export const bandwidth: ToxicBehaviour<ToxicAttributes["bandwidth"]> = (flow) => {
  /** When the line is free again. */
  let freeAt = 0;
  return {
    async take(piece) {
      if (piece.kind !== "bytes") {
        await flow.pass(piece);
        return;
      }
      let rest = piece.bytes;
      while (rest.length > 0) {
        // Thousand bytes a second are bytes a millisecond.
        const { rate } = flow.attributes;
        const slice = rest.subarray(0, flow.active ? Math.max(1, Math.floor(rate * SLICE_MS)) : rest.length);
        rest = rest.subarray(slice.length);
        freeAt = Math.max(freeAt, performance.now()) + slice.length / rate;
        const wait = freeAt - performance.now();
        if (flow.active && wait > 0) await flow.wait(wait);
        await flow.pass({ ...piece, bytes: slice });
      }
    },
  };
};
