import { isObject } from "../config/json-object.ts";
import { PLUGIN_BRAND, PRESET_BRAND } from "../plugin/brand.ts";
import type { Plugin } from "../plugin/define-plugin.ts";
import type { Preset } from "../plugin/define-preset.ts";

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const SECTION = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/;
const SCHEME = /^[a-z][a-z0-9+.-]*$/;
const RANGE = /^[\^~<>=\d.x*|\s-]+$/;

type Fields = { readonly [name: PropertyKey]: unknown };

/** Whether a value was made by `definePlugin`, of this copy of the package or another. */
export function isPlugin(value: unknown): value is Plugin {
  return isFields(value) && value[PLUGIN_BRAND] === true;
}

/** Whether a value was made by `definePreset`, of this copy of the package or another. */
export function isPreset(value: unknown): value is Preset {
  return isFields(value) && value[PRESET_BRAND] === true;
}

/** What is wrong with a value that should be a plugin; empty when nothing is. */
export function pluginProblems(value: unknown): string[] {
  if (!isFields(value)) return [`it is ${describeKind(value)}, not a plugin object`];
  if (!isPlugin(value)) return ["it was not made by definePlugin"];
  const plugin: Fields = value;
  const problems = checkHead(plugin);
  problems.push(...checkMap(plugin, "sections", SECTION, checkSchema));
  if (plugin["options"] !== undefined) problems.push(...checkSchema(plugin["options"], "options"));
  if (plugin["apply"] !== undefined && typeof plugin["apply"] !== "function") problems.push("apply is not a function");
  const contributes = plugin["contributes"];
  if (contributes === undefined) return problems;
  if (!isFields(contributes)) return [...problems, "contributes is not an object"];
  const known = ["transports", "framings", "auth", "commands"];
  for (const name of Object.keys(contributes)) {
    if (!known.includes(name)) problems.push(`contributes.${name} is not one of ${known.join(", ")}`);
  }
  problems.push(...checkMap(contributes, "transports", SCHEME, checkTransport));
  problems.push(...checkMap(contributes, "framings", NAME, checkTransport));
  problems.push(...checkMap(contributes, "auth", NAME, checkAuth));
  problems.push(...checkMap(contributes, "commands", NAME, checkCommand));
  return problems;
}

/** What is wrong with a value that should be a preset; empty when nothing is. */
export function presetProblems(value: unknown): string[] {
  if (!isFields(value)) return [`it is ${describeKind(value)}, not a preset object`];
  if (!isPreset(value)) return ["it was not made by definePreset"];
  const preset: Fields = value;
  const problems = checkHead(preset);
  const { plugins, config } = preset;
  if (!Array.isArray(plugins) || !plugins.every((name) => typeof name === "string" && name !== "")) {
    problems.push("plugins is not a list of names");
  }
  if (config !== undefined && !isFields(config)) problems.push("config is not an object");
  return problems;
}

function checkHead({ name, apiVersion }: Fields): string[] {
  const problems: string[] = [];
  if (typeof name !== "string" || !NAME.test(name))
    problems.push("name is not made of lower-case words joined by hyphens");
  if (typeof apiVersion !== "string" || !RANGE.test(apiVersion)) {
    problems.push(`apiVersion is not a range of versions, such as "^1.0"`);
  }
  return problems;
}

function checkMap(
  owner: Fields,
  field: string,
  names: RegExp,
  check: (value: unknown, where: string) => string[],
): string[] {
  const map = owner[field];
  if (map === undefined) return [];
  if (!isFields(map)) return [`${field} is not an object`];
  return Object.entries(map).flatMap(([name, value]) => {
    const where = `${field}["${name}"]`;
    return names.test(name) ? check(value, where) : [`${where}: the name does not match ${names.source}`];
  });
}

function checkSchema(value: unknown, where: string): string[] {
  if (!isFields(value)) return [`${where} is not a JSON Schema`];
  return value["type"] === "object" ? [] : [`${where} is not a JSON Schema of type "object"`];
}

function checkTransport(value: unknown, where: string): string[] {
  if (!isFields(value)) return [`${where} is not an object`];
  const { schema, create } = value;
  const problems = schema === undefined ? [] : checkSchema(schema, `${where}.schema`);
  if (create !== undefined && typeof create !== "function") problems.push(`${where}.create is not a function`);
  return problems;
}

function checkAuth(value: unknown, where: string): string[] {
  const problems = checkTransport(value, where);
  if (isFields(value) && value["schema"] === undefined) problems.push(`${where}.schema is missing`);
  return problems;
}

function checkCommand(value: unknown, where: string): string[] {
  if (!isFields(value)) return [`${where} is not an object`];
  const problems: string[] = [];
  if (typeof value["description"] !== "string") problems.push(`${where}.description is missing`);
  if (typeof value["run"] !== "function") problems.push(`${where}.run is not a function`);
  return problems;
}

function isFields(value: unknown): value is Fields {
  return isObject(value);
}

function describeKind(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
