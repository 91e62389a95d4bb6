import type { JsonValue } from "../plugin/json.ts";
import { isObject, memberOf, mutableCopy } from "./json-object.ts";
import type { MutableJson } from "./json-object.ts";
import { pathOf } from "./key-path.ts";
import type { KeyPath } from "./key-path.ts";
import type { SchemaViolation } from "./validator.ts";

/**
 * A copy of a value without what a validator found fault with, so that the rest can be checked further and all faults are
 * told at once. A list with a fault goes as a whole.
 */
export function withoutViolations(value: JsonValue, violations: readonly SchemaViolation[]): MutableJson {
  const copy = mutableCopy(value);
  for (const { keyword, instancePath, params } of violations) {
    const path = pathOf(instancePath);
    remove(copy, keyword === "additionalProperties" ? [...path, String(params["additionalProperty"])] : path);
  }
  return copy;
}

function remove(root: MutableJson, path: KeyPath): void {
  let parent = root;
  for (const [depth, name] of path.entries()) {
    const member = isObject(parent) && memberOf(parent, name) !== undefined ? parent[name] : undefined;
    if (!isObject(parent) || member === undefined) return;
    if (depth === path.length - 1 || !isObject(member)) delete parent[name];
    parent = member;
  }
}
