import { setImmediate } from "node:timers/promises";

import type { ToxicAttributes } from "./toxic.ts";
import type { ToxicBehaviour } from "./toxic-stage.ts";

export const slicer: ToxicBehaviour<ToxicAttributes["slicer"]> = (flow) => ({
  async take(piece) {
    if (piece.kind !== "bytes") {
      await flow.pass(piece);
      return;
    }
    let rest = piece.bytes;
    while (rest.length > 0 && flow.active) {
      const { average_size, size_variation, delay } = flow.attributes;
      const length = flow.dice.integer(average_size - size_variation, average_size + size_variation);
      const slice = rest.subarray(0, Math.max(1, length));
      rest = rest.subarray(slice.length);
      await flow.pass({ ...piece, bytes: slice });
      if (rest.length === 0) return;
      // Without a delay the reader gets its turn all the same: it is to see the slices one by one.
      if (delay > 0) await flow.wait(delay);
      else await setImmediate();
    }
    if (rest.length > 0) await flow.pass({ ...piece, bytes: rest });
  },
});
