import type { JsonSchema } from "../../plugin/json-schema.ts";

const word = { type: "string", pattern: "\\S" } as const;

/** `gateway.namespace`: the `target_namespace` of the envelope. */
export const namespaceSchema = {
  type: "object",
  description: "What stands in `target_namespace` of the envelope.",
  additionalProperties: false,
  default: {},
  properties: {
    default: {
      ...word,
      default: "default",
      description: "Used where no rule and no prefix of the method says otherwise.",
    },
    rules: {
      type: "array",
      default: [],
      description: "Tried in order, before the built-in rules; the first that matches wins.",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["namespace"],
        properties: {
          method: { ...word, description: "Method, with `*` for any text: `tools/*`." },
          tool: { ...word, description: "Name in `tools/call` or `prompts/get`, with `*` for any text: `k8s.*`." },
          namespace: { ...word, description: "The namespace to send." },
        },
      },
    },
  },
} as const satisfies JsonSchema;
