import type { JsonObject } from "./json-value.ts";

/** The error codes a gateway answers with in an envelope that has no payload. */
export type GatewayFaultCode =
  | "INVALID_REQUEST"
  | "UNAUTHORIZED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "RATE_LIMIT_EXCEEDED"
  | "INTERNAL_ERROR"
  | "SERVICE_UNAVAILABLE";

/** The `error` member of an envelope: the gateway itself speaks, not the MCP server behind it. */
export interface GatewayFault {
  readonly code: GatewayFaultCode;
  readonly message: string;
  readonly details?: JsonObject;
}
