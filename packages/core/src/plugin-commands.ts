import { importPlugin } from "./host/import-plugins.ts";
import { collectPlugins, type LoadOptions } from "./load-router.ts";

/** A subcommand that a plugin contributes. */
export interface PluginCommand {
  readonly name: string;
  readonly description: string;
  readonly plugin: string;
  /** Imports the plugin and runs the command; resolves to its exit code. @throws PluginLoadError */
  run(words: readonly string[]): Promise<number>;
}

/** The commands of every plugin that the configuration may use; it need not be complete. @throws PluginLoadError */
export async function loadPluginCommands(options: LoadOptions): Promise<readonly PluginCommand[]> {
  const loaded = await collectPlugins(options);
  return loaded.collection.manifests.flatMap((manifest) => {
    const { name: id, commands } = manifest.plugin;
    return Object.entries(commands).map(([name, { description }]) => ({
      name,
      description,
      plugin: id,
      run: async (words: readonly string[]) => {
        const plugin = await importPlugin(id, manifest, loaded);
        const slot = plugin.contributes?.commands?.[name];
        if (slot === undefined) throw new Error(`the plugin ${id} has no command ${name}, though its manifest says so`);
        return await slot.run(words);
      },
    }));
  });
}
