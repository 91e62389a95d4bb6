import type { JsonSchema } from "../../plugin/json-schema.ts";

/** The part of `gateway.auth` that core reads. The other keys are the auth plugin's, found by `type`. */
export const authSchema = {
  type: "object",
  description: "How the router signs in. `type` picks the plugin; the other keys are that plugin's.",
  required: ["type"],
  properties: {
    type: { type: "string", pattern: "\\S", description: "Name of the scheme: `bearer`, `oauth2`, `mtls`." },
  },
} as const satisfies JsonSchema;
