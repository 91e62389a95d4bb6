import type { JsonSchema } from "../../plugin/json-schema.ts";

/** `logging`: what the router says beside the protocol. */
export const loggingSchema = {
  type: "object",
  description: "What the router says on stderr or in a file. stdout is the protocol's alone.",
  additionalProperties: false,
  default: {},
  properties: {
    level: {
      enum: ["trace", "debug", "info", "warn", "error", "fatal", "silent"],
      description:
        "Least severe level that is written. Unset: `warn` when Claude started the router, `info` in a terminal.",
    },
    format: {
      enum: ["auto", "pretty", "json"],
      default: "auto",
      description: "`auto`: pretty on a terminal, JSON lines otherwise.",
    },
    output: {
      type: "string",
      pattern: "\\S",
      default: "stderr",
      description: "`stderr`, or the path of a file to append to.",
    },
  },
} as const satisfies JsonSchema;
