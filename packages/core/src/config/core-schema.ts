import type { InferOptions, JsonSchema } from "../plugin/json-schema.ts";
import { gatewaySchema } from "./schema/gateway-schema.ts";
import { localSchema, retrySchema } from "./schema/local-schema.ts";
import { loggingSchema } from "./schema/logging-schema.ts";
import { pluginsSchema, presetsSchema } from "./schema/plugins-schema.ts";

/**
 * The part of the configuration file that core owns. Sections of plugins (`local.rate_limit`, `metrics`, …) and the
 * options of an auth plugin are taken out before a file is checked against it.
 */
export const coreSchema = {
  type: "object",
  additionalProperties: false,
  properties: {
    version: { enum: [1], default: 1, description: "Version of this file's format." },
    gateway: gatewaySchema,
    local: localSchema,
    retry: retrySchema,
    logging: loggingSchema,
    advanced: {
      type: "object",
      description: "Sections of plugins that few need.",
      additionalProperties: false,
      default: {},
      properties: {},
    },
    presets: presetsSchema,
    plugins: pluginsSchema,
  },
} as const satisfies JsonSchema;

/** Core's part of a valid configuration, defaults filled in and spellings as written. */
export type CheckedCore = InferOptions<typeof coreSchema>;
