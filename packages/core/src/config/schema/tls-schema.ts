import type { JsonSchema } from "../../plugin/json-schema.ts";

/** Spellings of TLS versions. YAML reads an unquoted `1.2` as a number, so that is taken too. */
const TLS_VERSIONS = [1.2, 1.3, "1.2", "1.3", "TLSv1.2", "TLSv1.3"] as const;

/** What an endpoint may say about TLS. Without defaults: what it leaves out is taken from `gateway.tls`. */
export const endpointTlsSchema = {
  type: "object",
  description: "TLS material and rules.",
  additionalProperties: false,
  properties: {
    verify: {
      type: "boolean",
      description: "Whether the gateway's certificate must be valid for its host. `false` accepts anything, and warns.",
    },
    ca_cert_path: {
      type: "string",
      pattern: "\\S",
      description:
        "PEM file or bundle of certificate authorities, trusted beside the system's. A change counts from the next connection on.",
    },
    ca_only: { type: "boolean", description: "Trust the authorities of `ca_cert_path` and no others." },
    client_cert: {
      type: "string",
      pattern: "\\S",
      description:
        "PEM file of a client certificate and its chain. Goes together with any `auth.type`. When it changes, connections are replaced without a request failing.",
    },
    client_key: { type: "string", pattern: "\\S", description: "PEM file of the client certificate's private key." },
    client_key_passphrase_env: {
      type: "string",
      pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
      description: "Environment variable that holds the passphrase of an encrypted `client_key`.",
    },
    server_name: {
      type: "string",
      pattern: "\\S",
      description: "Name to ask for (SNI) and to verify, where it is not the host of the URL.",
    },
    min_version: { enum: TLS_VERSIONS, description: "Lowest TLS version accepted." },
    cipher_suites: {
      type: "array",
      items: { type: "string", pattern: "\\S" },
      description: "Cipher suites by OpenSSL name, best first. Unset leaves the choice to Node.",
    },
    pins: {
      type: "array",
      items: { type: "string", pattern: "^sha256/[A-Za-z0-9+/]{43}=$" },
      description:
        "Public keys of which some certificate of the gateway's chain must have one: `sha256/` and the base64 digest of the key (SPKI).",
    },
    allow_plaintext: {
      type: "boolean",
      description: "Allow credentials over `ws:` or `tcp:` to a host that is not this machine.",
    },
  },
} as const satisfies JsonSchema;

const properties = endpointTlsSchema.properties;

/** `gateway.tls`, with its defaults. */
export const tlsSchema = {
  ...endpointTlsSchema,
  default: {},
  properties: {
    ...properties,
    verify: { ...properties.verify, default: true },
    ca_only: { ...properties.ca_only, default: false },
    min_version: { ...properties.min_version, default: "1.2" },
    pins: { ...properties.pins, default: [] },
    allow_plaintext: { ...properties.allow_plaintext, default: false },
  },
} as const satisfies JsonSchema;
