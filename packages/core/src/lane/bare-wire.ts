import { readMessage } from "../message/raw-message.ts";
import { readOfPayload } from "./read-payload.ts";
import type { Wire } from "./wire.ts";

/** JSON-RPC messages as they are, for plain MCP servers. */
export function createBareWire(): Wire {
  return {
    encode: (payload) => payload,
    decode: (frame) => readOfPayload(readMessage(frame), undefined, undefined, undefined),
  };
}
