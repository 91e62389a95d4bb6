import { dirname } from "node:path";
import type { ConfigLayer } from "../config/layers.ts";
import type { ConfigLists } from "../config/resolved-config.ts";
import { validatorsOf } from "../config/compile-validators.ts";
import type { Clock } from "../clock.ts";
import type { Plugin } from "../plugin/define-plugin.ts";
import type { Logger } from "../plugin/logger.ts";
import type { Preset } from "../plugin/define-preset.ts";
import { importExports, type ImportModule, type PluginExport } from "./import-exports.ts";
import type { LoadedManifest, PluginManifest, PresetManifest } from "./manifest.ts";
import { PluginLoadError, type PluginFailure } from "./plugin-load-error.ts";
import { manifestOf, manifestOfPreset, readPackageManifest } from "./read-manifest.ts";
import { resolveModule, type ResolvedModule } from "./resolve-module.ts";
import { messageOf } from "./tap-faults.ts";

/** Every plugin the configuration may use, none of its code run unless it came without a manifest. */
export interface Collection {
  readonly manifests: readonly LoadedManifest[];
  /** Plugins whose object is at hand already. */
  readonly objects: ReadonlyMap<PluginManifest, Plugin>;
  /** The layers that the presets put beneath the user's. */
  readonly layers: readonly ConfigLayer[];
  /** Manifests that a preset brought, as opposed to those an entry of `plugins` asks for. */
  readonly fromPresets: ReadonlySet<LoadedManifest>;
}

export interface CollectOptions {
  readonly lists: ConfigLists;
  /** Objects given to `createRouter`. */
  readonly given: readonly (Plugin | Preset)[];
  /** Where package names are looked up after the place that wrote them. */
  readonly fallbackDirectories: readonly string[];
  readonly importModule: ImportModule;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Resolves names to manifests. All that fails is in one error. @throws PluginLoadError */
export async function collectManifests(options: CollectOptions): Promise<Collection> {
  const collector = new Collector(options);
  await collector.run();
  return collector.finish();
}

class Collector {
  readonly #options: CollectOptions;
  readonly #manifests: LoadedManifest[] = [];
  readonly #objects = new Map<PluginManifest, Plugin>();
  readonly #layers: ConfigLayer[] = [];
  readonly #fromPresets = new Set<LoadedManifest>();
  readonly #failures: PluginFailure[] = [];
  readonly #seen = new Map<string, readonly LoadedManifest[]>();

  constructor(options: CollectOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { lists, given } = this.#options;
    for (const name of lists.presets) await this.#attempt(name, () => this.#preset(name, lists.presetsDirectory));
    for (const value of given) {
      if ("plugins" in value)
        await this.#attempt(value.name, () => this.#members(manifestOfPreset(value), process.cwd()));
      else this.#add(describeObject(value, process.cwd(), undefined), undefined, value);
    }
    for (const entry of lists.plugins) {
      if (!entry.enabled) continue;
      await this.#attempt(entry.use, () => this.#plugin(entry.use, entry.directory, false), entry.required);
    }
  }

  finish(): Collection {
    if (this.#failures.length > 0) throw new PluginLoadError(this.#failures);
    return {
      manifests: this.#manifests,
      objects: this.#objects,
      layers: this.#layers,
      fromPresets: this.#fromPresets,
    };
  }

  async #attempt(name: string, run: () => Promise<void>, required = true): Promise<void> {
    try {
      await run();
    } catch (cause) {
      if (!required) {
        this.#options.log.warn({ plugin: name }, `left out: ${messageOf(cause)}`);
        return;
      }
      if (PluginLoadError.is(cause)) this.#failures.push(...cause.failures);
      else this.#failures.push({ plugin: name, phase: "resolve", message: messageOf(cause), cause });
    }
  }

  async #preset(name: string, directory: string): Promise<void> {
    const module = this.#resolve("preset", name, directory);
    const description = readPackageManifest(module.directory);
    const fromPackage = description?.manifest.presets[0];
    if (fromPackage !== undefined) {
      await this.#members(fromPackage, module.directory);
      return;
    }
    for (const exported of await this.#import(module)) {
      if ("preset" in exported) await this.#members(manifestOfPreset(exported.preset), module.directory);
    }
  }

  async #members(preset: PresetManifest, directory: string): Promise<void> {
    this.#layers.push({ origin: `preset ${preset.name}`, kind: "preset", value: preset.config, directory });
    for (const name of preset.plugins) await this.#attempt(name, () => this.#plugin(name, directory, true));
  }

  async #plugin(name: string, directory: string, ofPreset: boolean): Promise<void> {
    const module = this.#resolve("plugin", name, directory);
    const known = this.#seen.get(module.modulePath);
    const added = known ?? (await this.#describe(module));
    this.#seen.set(module.modulePath, added);
    for (const manifest of added) {
      if (ofPreset) this.#fromPresets.add(manifest);
    }
    if (known !== undefined) {
      // The same plugin under another name: the entry that uses this name must find it.
      for (const manifest of known)
        this.#replace(manifest, { ...manifest, references: [...(manifest.references ?? []), name] });
    }
  }

  #replace(old: LoadedManifest, next: LoadedManifest): void {
    this.#manifests.splice(this.#manifests.indexOf(old), 1, next);
    if (this.#fromPresets.delete(old)) this.#fromPresets.add(next);
    for (const [path, manifests] of this.#seen) {
      if (manifests.includes(old))
        this.#seen.set(
          path,
          manifests.map((each) => (each === old ? next : each)),
        );
    }
  }

  async #describe(module: ResolvedModule): Promise<readonly LoadedManifest[]> {
    const description = module.packageName === undefined ? undefined : readPackageManifest(module.directory);
    if (description !== undefined) {
      const { manifest, packageJson } = description;
      return manifest.plugins.map((plugin, exportIndex) => {
        const loaded: LoadedManifest = {
          plugin,
          packageName: packageJson.name,
          version: packageJson.version,
          directory: module.directory,
          modulePath: module.modulePath,
          exportIndex,
          references: [module.name],
          validators: description.validatorsOf(plugin),
        };
        this.#manifests.push(loaded);
        return loaded;
      });
    }
    const added: LoadedManifest[] = [];
    for (const exported of await this.#import(module)) {
      if ("plugin" in exported) {
        added.push(this.#add(describeObject(exported.plugin, module.directory, module), module.name, exported.plugin));
      }
    }
    return added;
  }

  #add(manifest: LoadedManifest, reference: string | undefined, plugin: Plugin): LoadedManifest {
    const loaded = reference === undefined ? manifest : { ...manifest, references: [reference] };
    this.#manifests.push(loaded);
    this.#objects.set(loaded.plugin, plugin);
    return loaded;
  }

  #resolve(kind: "plugin" | "preset", name: string, directory: string): ResolvedModule {
    const directories = [directory, ...this.#options.fallbackDirectories];
    const module = resolveModule(kind, name, directories);
    if (module !== undefined) return module;
    throw new PluginLoadError([
      {
        plugin: name,
        phase: "resolve",
        message: `there is no ${kind} of this name, looked for from ${directory}`,
        hint: `Write a path such as ./${name}.ts, or install the package there: npm install ${name}`,
      },
    ]);
  }

  async #import(module: ResolvedModule): Promise<readonly PluginExport[]> {
    const { importModule, clock } = this.#options;
    return await importExports(module.name, module.modulePath, importModule, clock);
  }
}

function describeObject(plugin: Plugin, directory: string, module: ResolvedModule | undefined): LoadedManifest {
  const manifest = manifestOf(plugin);
  return {
    plugin: manifest,
    directory: module === undefined ? directory : dirname(module.modulePath),
    ...(module === undefined ? {} : { modulePath: module.modulePath }),
    validators: validatorsOf(manifest),
  };
}
