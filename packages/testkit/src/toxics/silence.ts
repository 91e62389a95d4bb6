import type { CutHow } from "../proxy/stream.ts";
import type { ToxicBehaviour } from "./toxic-stage.ts";

interface SilenceOptions {
  /** How the connection ends when the time is over. */
  readonly how: CutHow;
  /** Whether a time of 0 means for ever. */
  readonly zeroIsForEver: boolean;
}

/** Toxics that let nothing through until they are removed, and may cut the connection. */
export function silence(options: SilenceOptions): ToxicBehaviour<{ readonly timeout: number }> {
  const { how, zeroIsForEver } = options;
  return (flow) => ({
    changed() {
      const { timeout } = flow.attributes;
      const limit = timeout === 0 && zeroIsForEver ? Number.POSITIVE_INFINITY : timeout;
      void flow.wait(limit).then((elapsed) => {
        if (elapsed) flow.cut(how);
      });
    },
    async take(piece) {
      while (flow.active) await flow.wait(Number.POSITIVE_INFINITY);
      await flow.pass(piece);
    },
  });
}
