import type { ToxicAttributes } from "./toxic.ts";
import type { ToxicBehaviour } from "./toxic-stage.ts";

export const latency: ToxicBehaviour<ToxicAttributes["latency"]> = (flow) => ({
  async take(piece) {
    const throwOfDice = flow.dice.next() * 2 - 1;
    // Counted from the arrival: pieces that came together leave together, whatever the one before had to wait.
    const left = (): number => {
      const { latency, jitter = 0 } = flow.attributes;
      return piece.at + Math.max(0, latency + throwOfDice * jitter) - performance.now();
    };
    for (let wait = left(); wait > 0 && flow.active; wait = left()) await flow.wait(wait);
    await flow.pass(piece);
  },
});
