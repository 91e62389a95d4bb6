import type { ToxicAttributes } from "./toxic.ts";
import type { ToxicBehaviour } from "./toxic-stage.ts";

export const slowClose: ToxicBehaviour<ToxicAttributes["slow_close"]> = (flow) => ({
  async take(piece) {
    const left = (): number => piece.at + flow.attributes.delay - performance.now();
    if (piece.kind !== "bytes") for (let wait = left(); wait > 0 && flow.active; wait = left()) await flow.wait(wait);
    await flow.pass(piece);
  },
});
