import { pluginProblems, presetProblems, isPlugin, isPreset } from "../host/plugin-shape.ts";
import { manifestOf, manifestOfPreset } from "../host/read-manifest.ts";
import type { PackageManifest, PluginManifest, PresetManifest } from "../host/manifest.ts";
import { checkSectionPaths } from "../host/section-paths.ts";
import { ManifestBuildError } from "./manifest-build-error.ts";

/**
 * The manifest of what a package exports by default: a plugin, a preset, or an array of both.
 *
 * @throws ManifestBuildError naming everything that is wrong with its shape.
 */
export function manifestOfExports(exported: unknown): PackageManifest {
  const values: readonly unknown[] = Array.isArray(exported) ? exported : [exported];
  const plugins: PluginManifest[] = [];
  const presets: PresetManifest[] = [];
  const problems: string[] = [];
  for (const [index, value] of values.entries()) {
    const where = Array.isArray(exported) ? `default export [${index}]` : "default export";
    const found = isPreset(value) ? presetProblems(value) : pluginProblems(value);
    if (found.length === 0 && isPreset(value)) presets.push(manifestOfPreset(value));
    if (found.length === 0 && isPlugin(value)) {
      plugins.push(manifestOf(value));
      found.push(...checkSectionPaths(value.sections ?? {}));
    }
    problems.push(...found.map((problem) => `${where}: ${problem}`));
  }
  const names = plugins.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) problems.push(`two plugins are called "${twice}"`);
  if (values.length === 0) problems.push("the default export is an empty array");
  if (problems.length > 0) throw new ManifestBuildError(problems.join("\n"));
  return { manifestVersion: 1, plugins, presets };
}
