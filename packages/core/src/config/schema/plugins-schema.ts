import type { JsonSchema } from "../../plugin/json-schema.ts";

const reference = { type: "string", pattern: "\\S" } as const;

/** `presets`: bundles of plugins, and configuration beneath the user's. */
export const presetsSchema = {
  type: "array",
  items: reference,
  default: ["claude"],
  description: "Bundles of plugins. `[]` starts with none.",
} as const satisfies JsonSchema;

/** One entry of `plugins`; a name alone is turned into one before this is checked. */
export const pluginEntrySchema = {
  type: "object",
  additionalProperties: false,
  required: ["use"],
  properties: {
    use: { ...reference, description: "Path (relative to this file), package name, or short name." },
    id: {
      type: "string",
      pattern: "^[a-z0-9]+(-[a-z0-9]+)*$",
      description: "What this use is called in logs and errors. Needed when one plugin is used twice.",
    },
    with: { type: "object", description: "The plugin's options." },
    required: { type: "boolean", default: true, description: "`false`: the router starts without it when it fails." },
    enabled: { type: "boolean", default: true, description: "`false`: the entry is skipped." },
    before: { type: "array", items: reference, default: [], description: "Plugins whose taps run after this one's." },
    after: { type: "array", items: reference, default: [], description: "Plugins whose taps run before this one's." },
    integrity: {
      type: "string",
      pattern: "^sha512-[A-Za-z0-9+/]{86}==$",
      description: "Digest that the package must have.",
    },
  },
} as const satisfies JsonSchema;

export const pluginsSchema = {
  type: "array",
  default: [],
  description: "Plugins beside those of the presets. A name alone stands for an entry with nothing but `use`.",
  items: pluginEntrySchema,
} as const satisfies JsonSchema;
