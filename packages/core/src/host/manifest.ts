import type { ValidatorSource } from "../config/validator.ts";
import type { JsonObject } from "../plugin/json.ts";
import type { JsonSchema } from "../plugin/json-schema.ts";
import type { Sections } from "../plugin/define-plugin.ts";

/** What the loader must know of a plugin before it runs any of its code. Pure data. */
export interface PluginManifest {
  readonly name: string;
  readonly apiVersion: string;
  readonly sections: Sections;
  readonly options: JsonSchema | undefined;
  readonly transports: { readonly [scheme: string]: SlotManifest };
  readonly auth: { readonly [type: string]: SlotManifest };
  /** Absent in manifests that were built before there were framings. */
  readonly framings?: { readonly [name: string]: SlotManifest };
  readonly commands: { readonly [name: string]: { readonly description: string } };
  /** Whether the plugin has an `apply`. One that declares sections and has none cannot do what they ask for. */
  readonly hasApply: boolean;
}

export interface SlotManifest {
  readonly schema: JsonSchema | undefined;
  /** False for a slot whose schema is known and whose code is not there yet. */
  readonly hasCreate: boolean;
}

/** The manifest of a preset: its members, resolved from its own directory, and its layer of configuration. */
export interface PresetManifest {
  readonly name: string;
  readonly apiVersion: string;
  readonly plugins: readonly string[];
  readonly config: JsonObject;
}

/** The content of `dist/manifest.json`, which `package.json` names in `mcpRouter.manifest`. */
export interface PackageManifest {
  readonly manifestVersion: 1;
  readonly plugins: readonly PluginManifest[];
  readonly presets: readonly PresetManifest[];
}

/** A plugin that the configuration may use: its manifest, and where it came from. None of its code has run. */
export interface LoadedManifest {
  readonly plugin: PluginManifest;
  readonly packageName?: string;
  /** Version of that package. */
  readonly version?: string;
  /** Directory of the package or file. */
  readonly directory: string;
  /** Absolute path of the module that exports the plugin. */
  readonly modulePath?: string;
  /** Its place in the exported array, where the module exports several plugins. */
  readonly exportIndex?: number;
  /** What it was asked for as: `use` of entries in `plugins`, members of presets. */
  readonly references?: readonly string[];
  readonly validators: ValidatorSource;
}
