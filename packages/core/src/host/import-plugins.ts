import type { Clock } from "../clock.ts";
import { PLUGIN_API_VERSION } from "../plugin/brand.ts";
import type { Plugin } from "../plugin/define-plugin.ts";
import type { Logger } from "../plugin/logger.ts";
import type { PluginUse } from "./choose-plugins.ts";
import type { Collection } from "./collect-manifests.ts";
import { importExports, type ImportModule } from "./import-exports.ts";
import type { LoadedManifest } from "./manifest.ts";
import { satisfiesApi } from "./plugin-api.ts";
import { PluginLoadError, type LoadPhase, type PluginFailure } from "./plugin-load-error.ts";
import { messageOf } from "./tap-faults.ts";

export interface ImportPluginsOptions {
  readonly uses: readonly PluginUse[];
  readonly collection: Collection;
  readonly importModule: ImportModule;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface ImportedUse {
  readonly use: PluginUse;
  readonly plugin: Plugin;
}

/**
 * Checks the API range of every plugin in use, then imports it. Plugins that are not required are left out when they fail.
 *
 * @throws PluginLoadError with all failures of the others.
 */
export async function importPlugins(options: ImportPluginsOptions): Promise<readonly ImportedUse[]> {
  const failures: PluginFailure[] = [];
  const imported: ImportedUse[] = [];
  const importing = options.uses.map(async (use) => await importPlugin(use.id, use.manifest, options));
  const results = await Promise.allSettled(importing);
  for (const [index, use] of options.uses.entries()) {
    const result = results[index];
    if (result?.status === "fulfilled") imported.push({ use, plugin: result.value });
    else {
      const cause: unknown = result?.reason;
      const found = PluginLoadError.is(cause) ? cause.failures : [failureOf(use, "import", cause)];
      if (use.required) failures.push(...found);
      else options.log.warn({ plugin: use.id }, `left out: ${found.map(({ message }) => message).join("; ")}`);
    }
  }
  if (failures.length > 0) throw new PluginLoadError(failures);
  return imported;
}

/** What a plugin did wrong while it was loaded. */
export function failureOf(use: PluginUse, phase: LoadPhase, cause: unknown): PluginFailure {
  return { plugin: use.id, phase, message: messageOf(cause), cause };
}

/** Imports one plugin, if it was made for this router. @throws PluginLoadError in phase `api`, `import` or `shape`. */
export async function importPlugin(
  id: string,
  manifest: LoadedManifest,
  options: Pick<ImportPluginsOptions, "collection" | "importModule" | "clock">,
): Promise<Plugin> {
  await checkApi(id, manifest.plugin.apiVersion);
  const atHand = options.collection.objects.get(manifest.plugin);
  if (atHand !== undefined) return atHand;
  const { modulePath, exportIndex = 0 } = manifest;
  if (modulePath === undefined) throw new Error("its manifest names no module");
  const exported = (await importExports(id, modulePath, options.importModule, options.clock))[exportIndex];
  if (exported !== undefined && "plugin" in exported && exported.plugin.name === manifest.plugin.name) {
    return exported.plugin;
  }
  const message = `${modulePath} does not export the plugin that its manifest describes`;
  const hint = "Build the package again: the manifest is older than the code.";
  throw new PluginLoadError([{ plugin: id, phase: "shape", message, hint }]);
}

async function checkApi(plugin: string, range: string): Promise<void> {
  if (await satisfiesApi(range)) return;
  const message = `it needs plugin API "${range}", and this router has ${PLUGIN_API_VERSION}`;
  const hint = "Install a version of the plugin for this router, or update the router.";
  throw new PluginLoadError([{ plugin, phase: "api", message, hint }]);
}
