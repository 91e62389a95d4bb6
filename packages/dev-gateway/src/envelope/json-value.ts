/** Any value that JSON text can say. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object. Its keys come from a peer: read single members, never merge it into another object. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Tells whether a value that came out of `JSON.parse` is an object (and not `null` or an array). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
