import { randomUUID } from "node:crypto";

import type { Envelope } from "./envelope.ts";
import type { GatewayFault } from "./gateway-fault.ts";
import type { JsonObject } from "./json-value.ts";

/** What an envelope from the gateway says besides its payload. */
export interface EnvelopeContext {
  /** The namespace of the request that is answered, or that of the server's own message. */
  readonly namespace: string;
  /** The id of the envelope of the request that is answered. */
  readonly correlationId?: string;
  /** Side information, for example `auth` (a renewed token) or `rate_limit`. */
  readonly metadata?: JsonObject;
}

/** A new envelope without payload: fresh id, current time, source `gateway`. */
export function newEnvelope(context: EnvelopeContext, fault?: GatewayFault): Envelope {
  return {
    id: randomUUID(),
    timestamp: new Date().toISOString(),
    source: "gateway",
    target_namespace: context.namespace,
    ...(context.correlationId !== undefined && { correlation_id: context.correlationId }),
    ...(context.metadata !== undefined && { metadata: context.metadata }),
    ...(fault !== undefined && { error: { details: {}, ...fault } }),
  };
}

/** Puts the payload's bytes into the envelope as they are: nothing in them is parsed and written again. */
export function spliceEnvelope(envelope: Envelope, payload: Buffer): Buffer {
  const head = JSON.stringify(envelope).slice(0, -1);
  return Buffer.concat([Buffer.from(`${head},"mcp_payload":`), payload, Buffer.from("}")]);
}
