import type { JsonSchema } from "@mcp-router/core/plugin";

/** `gateway.auth` with `type: mtls`. */
export const mtlsSchema = {
  type: "object",
  additionalProperties: false,
  required: ["type", "client_cert", "client_key"],
  properties: {
    type: { const: "mtls" },
    client_cert: { type: "string", pattern: "\\S", description: "PEM file of the client certificate and its chain." },
    client_key: { type: "string", pattern: "\\S", description: "PEM file of the certificate's private key." },
    client_key_passphrase_env: {
      type: "string",
      pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
      description: "Environment variable that holds the key's passphrase.",
    },
  },
} as const satisfies JsonSchema;
