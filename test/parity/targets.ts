import type { Target } from "./target.ts";
import { routedTarget } from "./targets/routed-target.ts";

/** The chains that have to look like the server itself. A transport, wire or gateway version more is a row more. */
export const targets: readonly Target[] = [
  routedTarget({ name: "ws, bearer, envelopes", gateway: {}, config: {} }),
  routedTarget({ name: "ws, bearer, bare messages", gateway: { wire: "json-rpc" }, config: { wire: "json-rpc" } }),
];
