import type { JsonSchema } from "@mcp-router/core/plugin";

const file = { type: "string", pattern: "\\S" } as const;

/** Apart from the properties, so that the options' type is inferred from those. */
const choice: Pick<JsonSchema, "oneOf" | "dependencies"> = {
  oneOf: [
    { properties: { client_cert: {} }, required: ["client_cert"] },
    { properties: { client_pfx: {} }, required: ["client_pfx"] },
  ],
  dependencies: { client_cert: ["client_key"], client_key: ["client_cert"] },
};

/** `gateway.auth` with `type: mtls`. */
export const mtlsSchema = {
  type: "object",
  description: "A client certificate: client_cert with client_key, or client_pfx.",
  additionalProperties: false,
  required: ["type"],
  properties: {
    type: { const: "mtls" },
    client_cert: { ...file, description: "PEM file of the client certificate, and of its chain behind it." },
    client_key: { ...file, description: "PEM file of the certificate's private key. It may be the same file." },
    client_pfx: {
      ...file,
      description: "PKCS#12 file (`.p12`, `.pfx`) of certificate, chain and key, in the place of the two.",
    },
    client_key_passphrase_env: {
      type: "string",
      pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
      description: "Environment variable that holds the passphrase of the key or of the PKCS#12 file.",
    },
    client_key_passphrase_file: { ...file, description: "File whose only content is that passphrase." },
  },
  ...choice,
} as const;
