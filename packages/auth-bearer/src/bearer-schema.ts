import type { JsonSchema } from "@mcp-router/core/plugin";

function having(name: string): JsonSchema {
  return { properties: { [name]: {} }, required: [name] };
}

/** Apart from the properties, so that the options' type is inferred from those. */
const exactlyOneSource: Pick<JsonSchema, "oneOf"> = {
  oneOf: [having("token_env"), having("token_file"), having("token")],
};

export const bearerSchema = {
  type: "object",
  description: "A bearer token; exactly one of token_env, token_file and token says where it is.",
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
    token: {
      type: "string",
      pattern: "\\S",
      writeOnly: true,
      description: "The token itself. Prefer token_env or token_file: they keep the secret out of the configuration.",
    },
  },
  required: ["type"],
  additionalProperties: false,
  ...exactlyOneSource,
} as const;
