import type { JsonSchema } from "@mcp-router/core/plugin";

function having(name: string): JsonSchema {
  return { properties: { [name]: {} }, required: [name] };
}

/** Apart from the properties, so that the options' type is inferred from those. */
const exactlyOneSource: Pick<JsonSchema, "oneOf" | "dependencies"> = {
  oneOf: [having("token_env"), having("token_file"), having("token"), having("token_command")],
  dependencies: { token_command_ttl_seconds: ["token_command"] },
};

export const bearerSchema = {
  type: "object",
  description: "A bearer token; exactly one of token_env, token_file, token_command and token says where it is.",
  properties: {
    type: { const: "bearer" },
    token_env: {
      type: "string",
      pattern: "\\S",
      description: "Name of the environment variable that holds the token.",
      examples: ["MCP_AUTH_TOKEN"],
    },
    token_file: {
      type: "string",
      pattern: "\\S",
      description: "File whose only content is the token. A new content is used from the next message on.",
    },
    token_command: {
      type: "array",
      minItems: 1,
      items: { type: "string" },
      description:
        "Program, and its arguments, that prints the token. No shell reads them. It runs again before the token expires and when the gateway rejects it.",
      examples: [["gcloud", "auth", "print-identity-token"]],
    },
    token_command_ttl_seconds: {
      type: "integer",
      minimum: 1,
      description:
        "How long a token of `token_command` is used. Unset: as long as its `exp` says, where it is a JWT; else until it is rejected.",
    },
    token: {
      type: "string",
      pattern: "\\S",
      writeOnly: true,
      description: "The token itself. Prefer another source: they keep the secret out of the configuration.",
    },
  },
  required: ["type"],
  additionalProperties: false,
  ...exactlyOneSource,
} as const;
