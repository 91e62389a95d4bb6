import type { GatewayFault } from "./gateway-fault.ts";
import type { JsonObject } from "./json-value.ts";

/**
 * The object around every message on the envelope wire, as it reads after `JSON.parse`.
 *
 * @remarks Only `mcp_payload` is required from a client. The parsed payload is for looking at; what travels on is its bytes.
 */
export interface Envelope {
  readonly id?: string;
  readonly timestamp?: string;
  readonly source?: string;
  readonly target_namespace?: string;
  readonly auth_token?: string;
  readonly correlation_id?: string;
  readonly metadata?: JsonObject;
  readonly error?: GatewayFault;
  readonly mcp_payload?: unknown;
}
