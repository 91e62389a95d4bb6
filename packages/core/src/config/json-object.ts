import type { JsonArray, JsonObject, JsonValue } from "../plugin/json.ts";
import type { KeyPath } from "./key-path.ts";

/** A JSON value that may be changed: validators fill in defaults. */
export type MutableJson = string | number | boolean | null | MutableJson[] | MutableObject;
export interface MutableObject {
  [member: string]: MutableJson;
}

/** Whether a JSON value is an object, neither array nor null. */
export function isObject(value: MutableJson | undefined): value is MutableObject;
export function isObject(value: JsonValue | undefined): value is JsonObject;
export function isObject(value: unknown): value is { readonly [member: string]: unknown };
export function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `Array.isArray` that also narrows read-only arrays. */
export function isArray(value: MutableJson | undefined): value is MutableJson[];
export function isArray(value: JsonValue | undefined): value is JsonArray;
export function isArray(value: unknown): boolean {
  return Array.isArray(value);
}

/** Sets an own member whatever its name; plain assignment of `__proto__` would change the prototype. */
export function setMember(object: MutableObject, name: string, value: MutableJson): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

/** An own member of an object or element of an array. */
export function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  if (isArray(value)) return value[Number(name)];
  return isObject(value) ? value[name] : undefined;
}

/** The value at a path, or undefined. */
export function valueAt(root: JsonValue, path: KeyPath): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const name of path) value = memberOf(value, name);
  return value;
}

/** A copy that shares nothing with the original and may be changed. */
export function mutableCopy(value: JsonValue): MutableJson {
  if (isArray(value)) return value.map(mutableCopy);
  if (!isObject(value)) return value;
  const copy: MutableObject = {};
  for (const [name, member] of Object.entries(value)) setMember(copy, name, mutableCopy(member));
  return copy;
}

/** Freezes a JSON value and everything in it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}
