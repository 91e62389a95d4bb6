import { PRESET_BRAND } from "./brand.ts";
import type { JsonObject } from "./json.ts";

export interface PresetDefinition {
  readonly name: string;
  readonly apiVersion: string;
  /** Plugins by package name or path, resolved from the file that exports the preset. */
  readonly plugins: readonly string[];
  /** Configuration that applies where the user's file says nothing. */
  readonly config?: JsonObject;
}

export interface Preset extends PresetDefinition {
  readonly [PRESET_BRAND]: true;
}

/** Makes a preset: a list of plugins and a layer of configuration beneath the user's. It holds no logic. */
export function definePreset(definition: PresetDefinition): Preset {
  return Object.freeze({ ...definition, [PRESET_BRAND]: true as const });
}
