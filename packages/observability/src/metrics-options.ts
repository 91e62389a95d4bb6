import type { JsonSchema } from "@mcp-router/core/plugin";

/** `metrics`. */
export const metricsSchema = {
  type: "object",
  description: "Numbers for Prometheus over HTTP.",
  additionalProperties: false,
  properties: {
    enabled: { type: "boolean", default: true, description: "`false` switches the endpoint off." },
    endpoint: {
      type: "string",
      pattern: "^(\\[[0-9A-Fa-f:.]+\\]|[^\\s:/]*):\\d{1,5}$",
      default: ":9091",
      description: "`host:port` to listen on. Without a host: this machine only.",
    },
    labels: {
      type: "object",
      additionalProperties: { type: "string" },
      default: {},
      description: "Labels that every number carries.",
    },
  },
} as const satisfies JsonSchema;
