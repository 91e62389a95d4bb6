import type { JsonSchema } from "../plugin/json-schema.ts";
import type { JsonValue } from "../plugin/json.ts";
import { isArray } from "./json-object.ts";

const LONGEST_QUOTE = 60;

/** What a schema expects, in words: "an integer from 1 to 100". */
export function describeExpected(schema: JsonSchema): string {
  if (schema.enum !== undefined) return `one of ${schema.enum.map((value) => JSON.stringify(value)).join(", ")}`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return [...new Set(choices.map(describeExpected))].join(", or ");
  const range = describeRange(schema);
  if (schema.type === "integer") return `an integer${range}`;
  if (schema.type === "number") return `a number${range}`;
  if (schema.type === "boolean") return "true or false";
  if (schema.type === "string") return `a text${describePattern(schema.pattern)}`;
  if (schema.type === "array")
    return schema.minItems === undefined ? "a list" : `a list of at least ${schema.minItems}`;
  return schema.type === "object" ? "an object" : "something else";
}

function describeRange({ minimum, maximum, exclusiveMinimum }: JsonSchema): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  if (exclusiveMinimum !== undefined) {
    return maximum === undefined ? ` above ${exclusiveMinimum}` : ` above ${exclusiveMinimum}, up to ${maximum}`;
  }
  return maximum === undefined ? "" : ` of at most ${maximum}`;
}

function describePattern(pattern: string | undefined): string {
  if (pattern === undefined) return "";
  return pattern === "\\S" ? " that is not empty" : ` of the form ${pattern}`;
}

/** The kind of a value, for messages that must not show it. */
export function describeKind(value: JsonValue): string {
  if (value === null) return "empty";
  if (isArray(value)) return "a list";
  if (typeof value === "string") return value.trim() === "" ? "an empty text" : "a text";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** A value as a message shows it: scalars as they are, shortened; the rest by kind. */
export function describeValue(value: JsonValue): string {
  if (value === null || typeof value === "object" || value === "") return describeKind(value);
  const text = JSON.stringify(value);
  return text.length <= LONGEST_QUOTE ? text : `${text.slice(0, LONGEST_QUOTE)}…`;
}
