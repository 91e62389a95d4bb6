import { pathToFileURL } from "node:url";
import type { Clock } from "../clock.ts";
import type { Plugin } from "../plugin/define-plugin.ts";
import type { Preset } from "../plugin/define-preset.ts";
import { isObject } from "../config/json-object.ts";
import { PluginLoadError } from "./plugin-load-error.ts";
import { pluginProblems, presetProblems, isPlugin, isPreset } from "./plugin-shape.ts";
import { messageOf } from "./tap-faults.ts";

export type ImportModule = (url: string) => Promise<unknown>;

/** A module that takes longer to load than this is reported instead of waited for. */
const IMPORT_LIMIT_MS = 5_000;

export type PluginExport = { readonly plugin: Plugin } | { readonly preset: Preset };

/**
 * Imports a module and checks what it exports by default: a plugin, a preset, or an array of them.
 *
 * @throws PluginLoadError in phase `import` or `shape`.
 */
export async function importExports(
  name: string,
  modulePath: string,
  importModule: ImportModule,
  clock: Clock,
): Promise<readonly PluginExport[]> {
  const module = await importWithin(name, modulePath, importModule, clock);
  const exported = isObject(module) ? module["default"] : undefined;
  if (exported === undefined) {
    throw failure(
      name,
      "shape",
      `${modulePath} has no default export`,
      "Export what definePlugin() gave you: export default definePlugin({ … })",
    );
  }
  const values: readonly unknown[] = Array.isArray(exported) ? exported : [exported];
  return values.map((value) => checkExport(name, value));
}

/** Checks the shape of one plugin or preset object. @throws PluginLoadError in phase `shape`. */
export function checkExport(name: string, value: unknown): PluginExport {
  if (isPreset(value)) {
    const problems = presetProblems(value);
    if (problems.length > 0) throw failure(name, "shape", problems.join("; "));
    return { preset: value };
  }
  const problems = pluginProblems(value);
  if (problems.length > 0 || !isPlugin(value)) throw failure(name, "shape", problems.join("; "));
  return { plugin: value };
}

async function importWithin(name: string, path: string, importModule: ImportModule, clock: Clock): Promise<unknown> {
  return await new Promise<unknown>((resolve, reject) => {
    const timer = clock.after(IMPORT_LIMIT_MS, () => {
      reject(
        failure(
          name,
          "import",
          `${path} did not finish loading within ${IMPORT_LIMIT_MS} ms`,
          "Does it await something at the top level?",
        ),
      );
    });
    importModule(pathToFileURL(path).href)
      .then(resolve, (cause: unknown) => {
        reject(failure(name, "import", `${path} failed to load: ${messageOf(cause)}`, undefined, cause));
      })
      .finally(() => timer.cancel());
  });
}

function failure(
  plugin: string,
  phase: "import" | "shape",
  message: string,
  hint?: string,
  cause?: unknown,
): PluginLoadError {
  return new PluginLoadError([{ plugin, phase, message, hint, cause }]);
}
