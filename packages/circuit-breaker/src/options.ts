import type { JsonSchema } from "@mcp-router/core/plugin";

/** `advanced.circuit_breaker`. */
export const circuitBreakerSchema = {
  type: "object",
  description: "Leaving a gateway alone that keeps failing.",
  additionalProperties: false,
  properties: {
    enabled: { type: "boolean", default: true, description: "`false` switches the breaker off." },
    failure_threshold: {
      type: "integer",
      minimum: 1,
      maximum: 1_000_000,
      default: 5,
      description: "Failures in a row that open the circuit.",
    },
    success_threshold: {
      type: "integer",
      minimum: 1,
      maximum: 1_000_000,
      default: 2,
      description: "Successes of probes that close it again.",
    },
    timeout_seconds: {
      type: "number",
      exclusiveMinimum: 0,
      maximum: 2_147_483,
      default: 30,
      description: "Seconds it stays open before a probe is let through.",
    },
  },
} as const satisfies JsonSchema;
