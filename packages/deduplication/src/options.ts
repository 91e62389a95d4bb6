import type { JsonSchema } from "@mcp-router/core/plugin";

/** `advanced.deduplication`. */
export const deduplicationSchema = {
  type: "object",
  description: "One answer for equal requests that are safe to share.",
  additionalProperties: false,
  properties: {
    enabled: { type: "boolean", default: true, description: "`false` switches it off." },
    cache_size: {
      type: "integer",
      minimum: 1,
      maximum: 1_000_000,
      default: 1_000,
      description: "Answers remembered at most.",
    },
    ttl_seconds: {
      type: "number",
      exclusiveMinimum: 0,
      maximum: 2_147_483,
      default: 60,
      description: "Seconds an answer is remembered.",
    },
  },
} as const satisfies JsonSchema;
