import type { JsonSchema } from "@mcp-router/core/plugin";

/** `advanced.debug`. */
export const debugSchema = {
  type: "object",
  description: "Capture for finding faults.",
  additionalProperties: false,
  properties: {
    enabled: { type: "boolean", default: true, description: "`false` switches capture off." },
    log_frames: { type: "boolean", default: true, description: "Log every protocol frame." },
    save_failures: { type: "boolean", default: true, description: "Write a file for each failed request." },
    failure_dir: {
      type: "string",
      pattern: "\\S",
      default: "/tmp/mcp-debug",
      description: "Directory of those files.",
    },
  },
} as const satisfies JsonSchema;
