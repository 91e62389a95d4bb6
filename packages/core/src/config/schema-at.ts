import type { JsonSchema } from "../plugin/json-schema.ts";
import type { KeyPath } from "./key-path.ts";

/** A schema and, where it offers a choice, everything that may be chosen. */
function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  return [schema, ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(alternatives)];
}

function memberSchema(schema: JsonSchema, name: string): readonly JsonSchema[] {
  if (schema.properties !== undefined && Object.hasOwn(schema.properties, name)) {
    const member = schema.properties[name];
    return member === undefined ? [] : [member];
  }
  if (typeof schema.additionalProperties === "object") return [schema.additionalProperties];
  return schema.items !== undefined && /^\d+$/.test(name) ? [schema.items] : [];
}

/** Every schema that a value at `path` may have to meet. */
export function schemasAt(root: JsonSchema, path: KeyPath): readonly JsonSchema[] {
  let schemas = alternatives(root);
  for (const name of path) schemas = schemas.flatMap((schema) => memberSchema(schema, name)).flatMap(alternatives);
  return schemas;
}

/** The keys that may stand in the object at `path`. */
export function keysAt(root: JsonSchema, path: KeyPath): ReadonlySet<string> {
  return new Set(schemasAt(root, path).flatMap((schema) => Object.keys(schema.properties ?? {})));
}

/** Whether the value at `path`, or one around it, is a secret. */
export function isSecretAt(root: JsonSchema, path: KeyPath): boolean {
  return [...path, ""].some((_, length) => schemasAt(root, path.slice(0, length)).some((schema) => schema.writeOnly));
}
