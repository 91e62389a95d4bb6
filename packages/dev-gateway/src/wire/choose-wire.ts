import type { GatewayOptions } from "../gateway-options.ts";
import { envelopeOneWire } from "./envelope-one-wire.ts";
import { envelopeWire } from "./envelope-wire.ts";
import { jsonRpcWire } from "./json-rpc-wire.ts";
import type { Wire } from "./wire.ts";

/** How the messages of this gateway look. */
export function chooseWire({ wire, version }: GatewayOptions): Wire {
  if (wire === "json-rpc") return jsonRpcWire;
  return version === "1" ? envelopeOneWire : envelopeWire;
}
