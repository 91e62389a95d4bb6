import type { JsonValue } from "../plugin/json.ts";

/** A member of a JSON object; undefined for anything else. */
export function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const found = Object.entries(value).find(([key]) => key === name);
  return found?.[1];
}
