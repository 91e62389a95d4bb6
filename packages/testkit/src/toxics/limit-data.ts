import type { ToxicAttributes } from "./toxic.ts";
import type { ToxicBehaviour } from "./toxic-stage.ts";

export const limitData: ToxicBehaviour<ToxicAttributes["limit_data"]> = (flow) => {
  let passed = 0;
  return {
    async take(piece) {
      if (piece.kind !== "bytes" || !flow.active) {
        await flow.pass(piece);
        return;
      }
      const bytes = piece.bytes.subarray(0, Math.max(0, flow.attributes.bytes - passed));
      passed += bytes.length;
      if (bytes.length > 0) await flow.pass({ ...piece, bytes });
      if (passed >= flow.attributes.bytes) flow.cut("end");
    },
  };
};
