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
  const uses = collection.manifests.flatMap((manifest): readonly PluginUse[] => {
    const entries = config.plugins.filter((entry) => entry.enabled && isNamedBy(manifest, entry));
    const unnamed = entries.find((entry) => entry.id === undefined);
    const switched = switchedOn(manifest, collection, config);
    if (switched === undefined) return entries.map((entry) => useOfEntry(manifest, entry));
    const further = entries.filter((entry) => entry !== unnamed).map((entry) => useOfEntry(manifest, entry));
    return [unnamed === undefined ? switched : joined(switched, unnamed), ...further];
  });
  return withDistinctIds(uses);
}

/** The use that follows from the configuration without any entry of `plugins`. */
function switchedOn(manifest: LoadedManifest, collection: Collection, config: ResolvedConfig): PluginUse | undefined {
  const { plugin, references } = manifest;
  const sections = Object.keys(plugin.sections).filter((path) => config.isSwitchedOn(path));
  const scheme = Object.keys(plugin.transports).find((name) =>
    config.endpoints.some(({ url }) => url.protocol === `${name}:`),
  );
  const { framing } = config.core.gateway;
  const frames = framing !== undefined && Object.hasOwn(plugin.framings ?? {}, framing);
  const authType = Object.keys(plugin.auth).find((name) => config.endpoints.some(({ auth }) => auth?.type === name));
  const use = (because: string): PluginUse => ({
    id: plugin.name,
    manifest,
    options: sections.length > 0 ? optionsOf(manifest, config) : {},
    because,
    configKey: sections[0] ?? "",
    required: true,
    order: NO_ORDER,
  });
  if (sections.length > 0) return use(`section ${sections.join(", ")}`);
  if (scheme !== undefined) return use(`gateway.url has the scheme ${scheme}`);
  if (frames) return use(`gateway.framing is ${framing}`);
  if (authType !== undefined) return use(`auth.type is ${authType}`);
  if (references === undefined) return use("given to createRouter");
  return collection.fromPresets.has(manifest) && isPassive(manifest) ? use("preset") : undefined;
}

/** An entry for a plugin that is on anyway adds its order to that one use. */
function joined(use: PluginUse, entry: PluginEntry): PluginUse {
  if (entry.with !== undefined && Object.keys(use.manifest.plugin.sections).length > 0) {
    const message = `its options are written twice: in ${use.because} and in ${entry.key}.with`;
    const hint = "Write them in one place, or give the entry an id to use the plugin a second time.";
    throw new PluginLoadError([{ plugin: use.id, phase: "options", message, hint }]);
  }
  return {
    ...use,
    options: entry.with ?? use.options,
    required: entry.required,
    order: { before: entry.before, after: entry.after },
  };
}

/** Nothing in the configuration could switch it on, so being there is enough. */
function isPassive({ plugin }: LoadedManifest): boolean {
  const switches = [plugin.sections, plugin.transports, plugin.framings ?? {}, plugin.auth, plugin.commands];
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
