import { bandwidth } from "./bandwidth.ts";
import { latency } from "./latency.ts";
import { limitData } from "./limit-data.ts";
import { silence } from "./silence.ts";
import { slicer } from "./slicer.ts";
import { slowClose } from "./slow-close.ts";
import type { ToxicAttributes, ToxicType } from "./toxic.ts";
import type { ToxicBehaviour } from "./toxic-stage.ts";

export type Behaviours = { readonly [Type in ToxicType]: ToxicBehaviour<ToxicAttributes[Type]> };

/** The code behind every type of toxic. */
export const BEHAVIOURS: Behaviours = {
  latency,
  bandwidth,
  slow_close: slowClose,
  timeout: silence({ how: "end", zeroIsForEver: true }),
  reset_peer: silence({ how: "reset", zeroIsForEver: false }),
  slicer,
  limit_data: limitData,
};
