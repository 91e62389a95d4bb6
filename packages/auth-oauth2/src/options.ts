import type { InferOptions, JsonSchema } from "@mcp-router/core/plugin";

const text = { type: "string", pattern: "\\S" } as const;
const variable = { type: "string", pattern: "^[A-Za-z_][A-Za-z0-9_]*$" } as const;
const url = { type: "string", pattern: "^https?://" } as const;

/** `gateway.auth` with `type: oauth2`. */
export const oauth2Schema = {
  type: "object",
  additionalProperties: false,
  required: ["type", "client_id"],
  properties: {
    type: { const: "oauth2" },
    client_id: { ...text, description: "Identifier of the client at the authorization server." },
    client_secret_env: { ...variable, description: "Environment variable that holds the client secret." },
    client_secret_file: { ...text, description: "File that holds the client secret." },
    client_secret: { ...text, writeOnly: true, description: "The client secret itself. Better by variable or file." },
    token_endpoint: {
      ...url,
      description: "URL that gives tokens. Unset: found through `issuer`, or through the gateway's own answer.",
    },
    issuer: { ...url, description: "Authorization server whose endpoints are looked up (RFC 8414)." },
    grant_type: {
      enum: ["client_credentials", "refresh_token", "authorization_code", "device_code"],
      default: "client_credentials",
      description: "How a token is asked for. With the last two a person signs in: `mcp-router auth login`.",
    },
    scopes: { type: "array", items: text, default: [], description: "Scopes to ask for." },
    resource: { ...url, description: "Resource indicator (RFC 8707) of the gateway." },
    audience: { ...text, description: "Audience to ask for, where the server wants one." },
    token_endpoint_auth_method: {
      enum: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
      description:
        "How the client proves who it is. Unset: `private_key_jwt` with a private key, `client_secret_basic` with a secret, else `none`.",
    },
    private_key_file: { ...text, description: "PEM file of the key that signs for `private_key_jwt`." },
    private_key_passphrase_env: { ...variable, description: "Environment variable that holds that key's passphrase." },
    private_key_id: { ...text, description: "Key id (`kid`) to name in what is signed." },
    refresh_token_env: { ...variable, description: "Environment variable that holds a refresh token." },
    refresh_token_file: { ...text, description: "File that holds a refresh token." },
    token_cache: {
      type: "boolean",
      default: true,
      description: "Shares tokens between the routers of one user, through files that only this user can read.",
    },
  },
} as const satisfies JsonSchema;

export type Oauth2Options = InferOptions<typeof oauth2Schema>;
