import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { validatorsOf } from "../config/compile-validators.ts";
import { isObject } from "../config/json-object.ts";
import type { Validator, ValidatorSource } from "../config/validator.ts";
import type { Plugin } from "../plugin/define-plugin.ts";
import type { Preset } from "../plugin/define-preset.ts";
import type { PackageManifest, PluginManifest, PresetManifest, SlotManifest } from "./manifest.ts";
import { PluginLoadError } from "./plugin-load-error.ts";

/** What a package says about its plugins without running them. */
export interface PackageDescription {
  readonly manifest: PackageManifest;
  readonly packageJson: { readonly name: string; readonly version: string };
  /** The validators of one of its plugins. */
  validatorsOf(plugin: PluginManifest): ValidatorSource;
}

/** The manifest of a plugin object that is at hand. Check its shape first. */
export function manifestOf(plugin: Plugin): PluginManifest {
  const { transports = {}, framings = {}, auth = {}, commands = {} } = plugin.contributes ?? {};
  const slots = (from: { readonly [name: string]: { readonly schema?: SlotManifest["schema"]; create?: unknown } }) =>
    Object.fromEntries(
      Object.entries(from).map(([name, slot]): [string, SlotManifest] => [
        name,
        { schema: slot.schema, hasCreate: slot.create !== undefined },
      ]),
    );
  return {
    name: plugin.name,
    apiVersion: plugin.apiVersion,
    sections: plugin.sections ?? {},
    options: plugin.options,
    transports: slots(transports),
    auth: slots(auth),
    ...(Object.keys(framings).length > 0 && { framings: slots(framings) }),
    commands: Object.fromEntries(
      Object.entries(commands).map(([name, { description }]) => [name, { description }] as const),
    ),
    hasApply: plugin.apply !== undefined,
  };
}

/** The manifest of a preset object that is at hand. */
export function manifestOfPreset(preset: Preset): PresetManifest {
  return { name: preset.name, apiVersion: preset.apiVersion, plugins: preset.plugins, config: preset.config ?? {} };
}

/**
 * Reads the manifest that `package.json` names in `mcpRouter.manifest`.
 *
 * @returns undefined when the directory has no `package.json`, or that names no manifest.
 * @throws PluginLoadError (phase `shape`) when it names one that cannot be read.
 */
export function readPackageManifest(packageDirectory: string): PackageDescription | undefined {
  const packageText = readOptional(join(packageDirectory, "package.json"));
  if (packageText === undefined) return undefined;
  const packageJson = parseJson(packageText, packageDirectory, join(packageDirectory, "package.json"));
  if (!isObject(packageJson) || !isObject(packageJson["mcpRouter"])) return undefined;
  const named = packageJson["mcpRouter"]["manifest"];
  if (typeof named !== "string") return undefined;
  const name = typeof packageJson["name"] === "string" ? packageJson["name"] : packageDirectory;
  const version = typeof packageJson["version"] === "string" ? packageJson["version"] : "0.0.0";

  const file = resolve(packageDirectory, named);
  const text = readOptional(file);
  if (text === undefined) throw unusable(name, `package.json names the manifest ${named}, and there is no such file`);
  const manifest = parseJson(text, name, file);
  if (!isPackageManifest(manifest)) throw unusable(name, `${file} is not a manifest of version 1`);
  const precompiled = precompiledValidators(pathToFileURL(join(dirname(file), "validators.js")).href);
  return {
    manifest,
    packageJson: { name, version },
    validatorsOf: (plugin) => firstOf(plugin, precompiled),
  };
}

function unusable(plugin: string, message: string): PluginLoadError {
  return new PluginLoadError([
    { plugin, phase: "shape", message, hint: "Build the package again: `mcp-router-manifest` writes the manifest." },
  ]);
}

/** Reads at once: a start reads twenty such small files, and each trip to the thread pool takes longer than the reading. */
function readOptional(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (isObject(error) && (error["code"] === "ENOENT" || error["code"] === "ENOTDIR")) return undefined;
    throw error;
  }
}

function parseJson(text: string, plugin: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unusable(plugin, `${file} is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
}

// `mcp-router-manifest` wrote the file from objects whose shape it had checked; the version says that it did.
function isPackageManifest(value: unknown): value is PackageManifest {
  return (
    isObject(value) &&
    value["manifestVersion"] === 1 &&
    Array.isArray(value["plugins"]) &&
    Array.isArray(value["presets"])
  );
}

type Precompiled = ReadonlyMap<string, Validator>;

/** Imports `validators.js` once, when the first of its validators is asked for. */
function precompiledValidators(url: string): (plugin: string) => Promise<Precompiled> {
  let loading: Promise<unknown> | undefined;
  return async (plugin) => {
    loading ??= import(url).then(
      (module: unknown) => (isObject(module) ? module["validators"] : undefined),
      () => undefined,
    );
    const validators = await loading;
    const ofPlugin = isObject(validators) ? validators[plugin] : undefined;
    const found = new Map<string, Validator>();
    for (const [part, validator] of Object.entries(isObject(ofPlugin) ? ofPlugin : {})) {
      if (isValidator(validator)) found.set(part, validator);
    }
    return found;
  };
}

function isValidator(value: unknown): value is Validator {
  return typeof value === "function";
}

/** The precompiled validators, and compiled ones for what is missing among them. */
function firstOf(plugin: PluginManifest, precompiled: (plugin: string) => Promise<Precompiled>): ValidatorSource {
  const compiled = validatorsOf(plugin);
  return {
    validator: async (part) => (await precompiled(plugin.name)).get(part) ?? compiled.validator(part),
  };
}
