import type { JsonObject, JsonValue } from "@mcp-router/core/plugin";

import { ConfigFileError } from "./config-file-error.ts";

// A few kilobytes of YAML aliases can stand for billions of values.
const MOST_VALUES = 100_000;

/** Checks that what a file gave is a JSON object, all the way down. Members that are undefined are left out. */
export function asJsonObject(value: unknown, file: string): JsonObject {
  let values = 0;

  const convert = (item: unknown, key: string): JsonValue => {
    values += 1;
    if (values > MOST_VALUES) throw new ConfigFileError(`it holds more than ${MOST_VALUES} values`, { file });
    if (item === null || typeof item === "string" || typeof item === "boolean") return item;
    if (typeof item === "number" && Number.isFinite(item)) return item;
    if (Array.isArray(item)) return item.map((member, index) => convert(member, `${key}[${index}]`));
    if (isPlainObject(item)) return convertObject(item, key);
    throw new ConfigFileError(`${key} is ${nameOf(item)}, which no configuration value can be`, { file });
  };

  const convertObject = (object: object, key: string): JsonObject => {
    const members: [string, JsonValue][] = [];
    for (const [name, member] of Object.entries(object)) {
      if (member !== undefined) members.push([name, convert(member, key === "" ? name : `${key}.${name}`)]);
    }
    return Object.fromEntries(members);
  };

  if (!isPlainObject(value)) {
    throw new ConfigFileError(`expected an object with keys such as "gateway", found ${nameOf(value)}`, { file });
  }
  return convertObject(value, "");
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has an Object.prototype of its own.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return `a ${value.constructor.name}`;
  if (typeof value === "number") return String(value);
  return `a ${typeof value}`;
}
