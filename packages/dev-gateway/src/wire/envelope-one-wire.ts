import { envelopeWire } from "./envelope-wire.ts";
import type { Wire } from "./wire.ts";

/** Envelopes of gateway version 1, which knows no `metadata`, and no `correlation_id` but of its own errors. */
export const envelopeOneWire: Wire = {
  ...envelopeWire,
  write: (payload, { namespace }) => envelopeWire.write(payload, { namespace }),
};
