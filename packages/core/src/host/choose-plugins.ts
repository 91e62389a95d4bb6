import type { JsonValue } from "../plugin/json.ts";
import type { PluginEntry, ResolvedConfig } from "../config/resolved-config.ts";
import type { Collection } from "./collect-manifests.ts";
import type { EntryOrder } from "./hook-set.ts";
import type { LoadedManifest } from "./manifest.ts";
import { PluginLoadError, type PluginFailure } from "./plugin-load-error.ts";

/** One use of a plugin: what to apply, under which name, with which options. */
export interface PluginUse {
  readonly id: string;
  readonly manifest: LoadedManifest;
  readonly options: unknown;
  /** What of the configuration switched it on, for people. */
  readonly because: string;
  /** The key that holds its options; relative paths in them start from the file that wrote it. */
  readonly configKey: string;
  readonly required: boolean;
  readonly order: EntryOrder;
}

const NO_ORDER: EntryOrder = Object.freeze({ before: [], after: [] });

/**
 * Which of the plugins that are there the configuration uses: those whose section is written, whose transport or auth
 * type an endpoint needs, that an entry names, and those of a preset that need no switch.
 *
 * @throws PluginLoadError in phase `order` when two uses have the same name.
 */
export function choosePlugins(collection: Collection, config: ResolvedConfig): readonly PluginUse[] {
  const { manifests, fromPresets } = collection;
  const schemes = new Set(config.endpoints.map(({ url }) => url.protocol.slice(0, -1)));
  const authTypes = new Set(config.endpoints.map(({ auth }) => auth?.type));
  const uses: PluginUse[] = [];
  for (const manifest of manifests) {
    const { plugin } = manifest;
    const sections = Object.keys(plugin.sections).filter((path) => config.isSwitchedOn(path));
    const scheme = Object.keys(plugin.transports).find((name) => schemes.has(name));
    const authType = Object.keys(plugin.auth).find((name) => authTypes.has(name));
    const entries = config.plugins.filter((entry) => entry.enabled && isNamedBy(manifest, entry));
    const base = { id: plugin.name, manifest, required: true, order: NO_ORDER, options: {}, configKey: sections[0] ?? "" };

    if (sections.length > 0) {
      uses.push({ ...base, options: optionsOf(manifest, config), because: `section ${sections.join(", ")}` });
    } else if (scheme !== undefined) uses.push({ ...base, because: `gateway.url has the scheme ${scheme}` });
    else if (authType !== undefined) uses.push({ ...base, because: `auth.type is ${authType}` });
    else if (entries.length === 0 && (isPassive(manifest) || !fromPresets.has(manifest)) && manifest.references === undefined) {
      uses.push({ ...base, because: "given to createRouter" });
    } else if (entries.length === 0 && fromPresets.has(manifest) && isPassive(manifest)) {
      uses.push({ ...base, because: "preset" });
    }
    for (const entry of entries) uses.push(useOfEntry(manifest, entry));
  }
  return withDistinctIds(uses);
}

/** Nothing in the configuration could switch it on, so being there is enough. */
function isPassive({ plugin }: LoadedManifest): boolean {
  const switches = [plugin.sections, plugin.transports, plugin.auth, plugin.commands];
  return switches.every((slots) => Object.keys(slots).length === 0);
}

function isNamedBy(manifest: LoadedManifest, entry: PluginEntry): boolean {
  return manifest.references?.includes(entry.use) === true;
}

function useOfEntry(manifest: LoadedManifest, entry: PluginEntry): PluginUse {
  return {
    id: entry.id ?? manifest.plugin.name,
    manifest,
    options: entry.with ?? {},
    because: entry.key,
    configKey: entry.key,
    required: entry.required,
    order: { before: entry.before, after: entry.after },
  };
}

/** The value of the only section; by path when there are several. */
function optionsOf({ plugin }: LoadedManifest, config: ResolvedConfig): unknown {
  const paths = Object.keys(plugin.sections);
  const [only] = paths;
  if (paths.length === 1 && only !== undefined) return config.section(only);
  const values: [string, JsonValue][] = [];
  for (const path of paths) {
    const value = config.section(path);
    if (value !== undefined && config.isSwitchedOn(path)) values.push([path, value]);
  }
  return Object.fromEntries(values);
}

function withDistinctIds(uses: readonly PluginUse[]): readonly PluginUse[] {
  const seen = new Set<string>();
  const failures: PluginFailure[] = [];
  for (const { id, because } of uses) {
    if (seen.has(id)) {
      failures.push({
        plugin: id,
        phase: "order",
        message: `two plugins are called ${id} (the second by ${because})`,
        hint: "Give one of the entries in plugins an id of its own.",
      });
    }
    seen.add(id);
  }
  if (failures.length > 0) throw new PluginLoadError(failures);
  return uses;
}
