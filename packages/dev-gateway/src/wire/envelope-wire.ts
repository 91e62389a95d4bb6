import { readEnvelope } from "../envelope/read-envelope.ts";
import { newEnvelope, spliceEnvelope } from "../envelope/write-envelope.ts";
import type { Wire } from "./wire.ts";

/** Envelope v2: every message travels as the `mcp_payload` of a JSON object. */
export const envelopeWire: Wire = {
  name: "envelope",
  read: readEnvelope,
  write(payload, context) {
    const envelope = newEnvelope(context);
    return { frame: spliceEnvelope(envelope, payload), envelope };
  },
  writeFault(fault, context) {
    const envelope = newEnvelope(context, fault);
    return { frame: Buffer.from(JSON.stringify(envelope)), envelope };
  },
};
