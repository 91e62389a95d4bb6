import type { LoadedManifest, SlotManifest } from "../host/manifest.ts";
import type { JsonSchema } from "../plugin/json-schema.ts";
import { coreSchema } from "./core-schema.ts";
import type { KeyPath } from "./key-path.ts";
import { pluginEntrySchema } from "./schema/plugins-schema.ts";

/** A schema that says which draft it is and what it is called. */
export interface RootSchema extends JsonSchema {
  readonly $schema: string;
  readonly $id: string;
}

/** The manifests whose schemas are composed; nothing else of a plugin is needed. */
type Described = Pick<LoadedManifest, "plugin">;

/** One schema (draft 7) of a whole configuration file, for editors: core's keys and those of the given plugins. */
export function composeRootSchema(manifests: readonly Described[]): RootSchema {
  let schema: JsonSchema = coreSchema;
  const slots = new Map<string, SlotManifest>();
  for (const { plugin } of manifests) {
    for (const [path, section] of Object.entries(plugin.sections))
      schema = withMember(schema, path.split("."), section);
    for (const [type, slot] of Object.entries(plugin.auth)) slots.set(type, slot);
  }
  if (slots.size > 0) {
    const auth = composeAuth(slots);
    schema = withMember(schema, ["gateway", "auth"], auth);
    schema = withMember(schema, ["gateway", "endpoints", "0", "auth"], auth);
  }
  const plugins: JsonSchema = {
    ...coreSchema.properties.plugins,
    items: { anyOf: [{ type: "string" }, pluginEntrySchema] },
  };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: "urn:mcp-router:config:1",
    title: "MCP Router configuration",
    ...withMember(schema, ["plugins"], plugins),
  };
}

/** A choice between the auth plugins by `type`. */
function composeAuth(slots: ReadonlyMap<string, SlotManifest>): JsonSchema {
  const choices = [...slots].map(([type, { schema = {} }]): JsonSchema => ({
    ...schema,
    type: "object",
    title: type,
    properties: { ...schema.properties, type: { ...schema.properties?.["type"], const: type } },
    required: [...new Set(["type", ...(schema.required ?? [])])],
  }));
  const { description } = coreSchema.properties.gateway.properties.auth;
  return { type: "object", description, oneOf: choices };
}

/** A copy of `schema` that has `member` at `path`; objects on the way that it does not know are made. */
function withMember(schema: JsonSchema, path: KeyPath, member: JsonSchema): JsonSchema {
  const [name, ...rest] = path;
  if (name === undefined) return member;
  if (schema.items !== undefined) return { ...schema, items: withMember(schema.items, rest, member) };
  const below = schema.properties?.[name] ?? { type: "object", additionalProperties: false };
  return { ...schema, properties: { ...schema.properties, [name]: withMember(below, rest, member) } };
}
