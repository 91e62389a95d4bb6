import { compileSchema } from "./compile-validators.ts";
import { coreSchema } from "./core-schema.ts";
import { isObject } from "./json-object.ts";
import type { Validator } from "./validator.ts";

export const CORE_VALIDATOR_FILE = "core-validator.js";

let loading: Promise<Validator> | undefined;

/** Core's validator: the one compiled at build, or one compiled once where the sources run unbuilt. */
export function loadCoreValidator(): Promise<Validator> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Validator> {
  const precompiled = import.meta.url.endsWith(".ts") ? undefined : await importPrecompiled();
  if (precompiled !== undefined) return precompiled;
  return await compileSchema(coreSchema);
}

async function importPrecompiled(): Promise<Validator | undefined> {
  try {
    const module: unknown = await import(new URL(CORE_VALIDATOR_FILE, import.meta.url).href);
    const validator = isObject(module) ? module["validateCore"] : undefined;
    return isValidator(validator) ? validator : undefined;
  } catch (error) {
    if (isObject(error) && error["code"] === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

function isValidator(value: unknown): value is Validator {
  return typeof value === "function";
}
