import type { JsonSchema } from "@mcp-router/core/plugin";

/** `gateway.tracing`. */
export const tracingSchema = {
  type: "object",
  description: "A trace of each request.",
  additionalProperties: false,
  properties: {
    enabled: { type: "boolean", default: true, description: "`false` switches tracing off." },
    endpoint: {
      type: "string",
      pattern: "^https?://",
      default: "http://127.0.0.1:4318/v1/traces",
      description: "URL of the collector.",
    },
    service_name: {
      type: "string",
      pattern: "\\S",
      default: "mcp-local-router",
      description: "Name of this router in traces.",
    },
    protocol: {
      enum: ["auto", "otlp", "jaeger"],
      default: "auto",
      description: "What the collector speaks. `auto`: `jaeger` when the URL's path is `/api/traces`, else `otlp`.",
    },
    sample_ratio: {
      type: "number",
      minimum: 0,
      maximum: 1,
      default: 1,
      description: "Share of requests that are traced: 0 none, 1 all.",
    },
  },
} as const satisfies JsonSchema;
