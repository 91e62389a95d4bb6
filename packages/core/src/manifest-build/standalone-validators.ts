import { Ajv } from "ajv";
import standaloneCode from "ajv/dist/standalone/index.js";
import { AJV_OPTIONS } from "../config/compile-validators.ts";
import type { JsonSchema } from "../plugin/json-schema.ts";
import { ManifestBuildError } from "./manifest-build-error.ts";

/**
 * Compiles schemas to the source of a module that exports one validator for each name and imports nothing.
 *
 * @throws ManifestBuildError when a schema is not valid, or uses a keyword that needs ajv's helpers at run time.
 */
export function standaloneValidators(schemas: ReadonlyMap<string, JsonSchema>): string {
  const ajv = new Ajv({ ...AJV_OPTIONS, code: { source: true, esm: true, lines: true } });
  for (const [name, schema] of schemas) {
    try {
      ajv.compile({ ...withoutAnnotations(schema), $id: name });
    } catch (error) {
      throw new ManifestBuildError(
        `schema of ${name}: ${error instanceof Error ? error.message : String(error)}`,
        error,
      );
    }
  }
  const code = standaloneCode.default(ajv, Object.fromEntries([...schemas.keys()].map((name) => [name, name])));
  const helper = /require\("ajv\/dist\/runtime\/([^"]+)"\)/.exec(code)?.[1];
  if (helper !== undefined) {
    throw new ManifestBuildError(
      `a schema needs ajv's helper "${helper}" at run time; ${HELPERS[helper] ?? "leave out the keyword that needs it"}`,
    );
  }
  return code;
}

/** A schema without what only people read; compiled code carries its schema with it, and is parsed at every start. */
function withoutAnnotations({
  title: _title,
  description: _description,
  examples: _examples,
  ...schema
}: JsonSchema): JsonSchema {
  const { properties, items, additionalProperties, anyOf, oneOf } = schema;
  return {
    ...schema,
    ...(properties === undefined ? {} : { properties: mapValues(properties) }),
    ...(items === undefined ? {} : { items: withoutAnnotations(items) }),
    ...(typeof additionalProperties === "object"
      ? { additionalProperties: withoutAnnotations(additionalProperties) }
      : {}),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(withoutAnnotations) }),
    ...(oneOf === undefined ? {} : { oneOf: oneOf.map(withoutAnnotations) }),
  };
}

function mapValues(properties: { readonly [name: string]: JsonSchema }): { readonly [name: string]: JsonSchema } {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, withoutAnnotations(schema)]));
}

const HELPERS: { readonly [helper: string]: string } = {
  ucs2length: "write a pattern instead of minLength and maxLength",
  equal: "leave out uniqueItems, and objects in enum and const",
};
