import type { JsonValue } from "../plugin/json.ts";

/** Freezes a parsed value all through. The scanner's depth cap bounds the recursion. */
export function deepFreeze(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
