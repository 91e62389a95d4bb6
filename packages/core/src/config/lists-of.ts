import type { JsonValue } from "../plugin/json.ts";
import { isArray, isObject } from "./json-object.ts";
import { formatKey } from "./key-path.ts";
import { readLayers } from "./read-layers.ts";
import type { ConfigSource } from "./read-layers.ts";
import type { ConfigLists, PluginEntry } from "./resolved-config.ts";

/** The preset of a configuration that names none. */
export const DEFAULT_PRESETS: readonly string[] = ["claude"];

/**
 * Reads what decides which manifests are needed. It leaves out what is malformed or switched off: `resolveConfig` says
 * what is wrong with it.
 */
export async function listsOf(source: ConfigSource): Promise<ConfigLists> {
  const { value, originAt, directoryAt } = await readLayers(source, []);
  const { presets, plugins } = value;
  return {
    presets: isArray(presets) ? presets.filter((name) => typeof name === "string") : DEFAULT_PRESETS,
    presetsDirectory: directoryAt(["presets"]),
    plugins: (isArray(plugins) ? plugins : []).flatMap((entry, index): readonly PluginEntry[] => {
      if (!isObject(entry) || typeof entry["use"] !== "string" || entry["enabled"] === false) return [];
      const path = ["plugins", `${index}`];
      return [
        {
          use: entry["use"],
          id: typeof entry["id"] === "string" ? entry["id"] : undefined,
          with: entry["with"],
          required: entry["required"] !== false,
          enabled: true,
          before: textsOf(entry["before"]),
          after: textsOf(entry["after"]),
          key: formatKey(path),
          origin: originAt(path),
          directory: directoryAt(path),
        },
      ];
    }),
  };
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  return isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
