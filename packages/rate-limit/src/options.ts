import type { JsonSchema } from "@mcp-router/core/plugin";

/** `local.rate_limit`. */
export const rateLimitSchema = {
  type: "object",
  description: "How fast requests may leave for the gateway.",
  additionalProperties: false,
  required: ["requests_per_second"],
  properties: {
    enabled: { type: "boolean", default: true, description: "`false` switches the limit off." },
    requests_per_second: {
      type: "number",
      exclusiveMinimum: 0,
      maximum: 1_000_000,
      description: "Requests per second in the long run. May be a fraction.",
    },
    burst: {
      type: "integer",
      minimum: 1,
      maximum: 1_000_000,
      description: "Requests that may leave at once after a pause. Unset: `requests_per_second`, rounded up.",
    },
    max_wait_ms: {
      type: "integer",
      minimum: 0,
      maximum: 2_147_483_647,
      default: 2_000,
      description: "Milliseconds a request waits for its turn before it is refused.",
    },
    store: {
      enum: ["memory", "redis"],
      default: "memory",
      description: "Where the count is kept: in this process, or shared with other machines.",
    },
  },
} as const satisfies JsonSchema;
