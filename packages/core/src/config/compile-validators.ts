import type { Ajv } from "ajv";
import { schemaParts } from "../host/manifest-parts.ts";
import type { PluginManifest } from "../host/manifest.ts";
import type { JsonSchema } from "../plugin/json-schema.ts";
import type { Validator, ValidatorSource } from "./validator.ts";

/** How every schema is read, at build and at run time alike. Findings are put into words here, not by ajv. */
export const AJV_OPTIONS = {
  allErrors: true,
  strict: true,
  useDefaults: true,
  coerceTypes: false,
  messages: false,
} as const;

/** Imports ajv, which costs more than the rest of a start: only for what nobody compiled in advance. */
async function createAjv(): Promise<Ajv> {
  const { Ajv } = await import("ajv");
  return new Ajv(AJV_OPTIONS);
}

/** Compiles one schema. */
export async function compileSchema(schema: JsonSchema): Promise<Validator> {
  const ajv = await createAjv();
  return ajv.compile(schema);
}

/** Validators of a plugin that brings none, such as a local file: each is compiled when it is first asked for. */
export function validatorsOf(manifest: PluginManifest): ValidatorSource {
  const parts = schemaParts(manifest);
  const compiled = new Map<string, Promise<Validator>>();
  return {
    validator(part) {
      const schema = parts.get(part);
      if (schema === undefined) {
        return Promise.reject(new RangeError(`the plugin ${manifest.name} has no schema for "${part}"`));
      }
      const known = compiled.get(part);
      if (known !== undefined) return known;
      const validator = compileSchema(schema);
      compiled.set(part, validator);
      return validator;
    },
  };
}
