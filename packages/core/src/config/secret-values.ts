import type { JsonSchema } from "../plugin/json-schema.ts";
import type { JsonValue } from "../plugin/json.ts";
import { isArray, isObject } from "./json-object.ts";
import type { KeyPath } from "./key-path.ts";

/** A value whose schema says `writeOnly`. */
export interface SecretValue {
  readonly path: KeyPath;
  readonly value: JsonValue;
}

/** Core's own keys that hold secrets. Kept apart from the schema, which a good start never loads. */
export const CORE_SECRETS: readonly KeyPath[] = [["gateway", "proxy"]];

/** Finds the values in `value` that its schema calls secret. */
export function secretValues(schema: JsonSchema, value: JsonValue, path: KeyPath): readonly SecretValue[] {
  if (schema.writeOnly === true) return [{ path, value }];
  const found: SecretValue[] = [];
  for (const choice of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])])
    found.push(...secretValues(choice, value, path));
  if (isArray(value) && schema.items !== undefined) {
    const { items } = schema;
    value.forEach((item, index) => found.push(...secretValues(items, item, [...path, `${index}`])));
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      const own =
        schema.properties !== undefined && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
      const free = typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
      const wanted = own ?? free;
      if (wanted !== undefined) found.push(...secretValues(wanted, member, [...path, name]));
    }
  }
  return found;
}

/** The texts in a secret value. */
export function textsIn(value: JsonValue): readonly string[] {
  if (typeof value === "string") return [value];
  if (isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}
