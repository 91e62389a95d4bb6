/** A JSON value, as tests write and read it. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: Json;
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function parseJson(text: string): Json {
  return JSON.parse(text);
}

/** Lays `over` on `under`, object by object. */
export function layered(under: JsonObject, over: JsonObject): JsonObject {
  const merged: { [member: string]: Json } = { ...under };
  for (const [name, value] of Object.entries(over)) {
    const below = merged[name];
    merged[name] = isJsonObject(below) && isJsonObject(value) ? layered(below, value) : value;
  }
  return merged;
}
