import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isObject } from "../config/json-object.ts";
import { importEntry } from "./import-entry.ts";
import { isPath, packagesFor } from "./plugin-names.ts";

/** Where a name led to. Nothing of it has been run. */
export interface ResolvedModule {
  /** As the user wrote it. */
  readonly name: string;
  /** Directory of the package, or of a lone file. */
  readonly directory: string;
  /** Absolute path of the module. */
  readonly modulePath: string;
  /** Undefined for a lone file. */
  readonly packageName: string | undefined;
}

/**
 * Finds a plugin or preset by path or package name, starting from each of `directories` in turn. Never searches
 * `node_modules` for candidates and never installs.
 *
 * @returns undefined when there is no such module.
 */
export function resolveModule(
  kind: "plugin" | "preset",
  name: string,
  directories: readonly string[],
): ResolvedModule | undefined {
  if (isPath(name)) return resolvePath(name, directories[0] ?? ".");
  for (const packageName of packagesFor(kind, name)) {
    for (const directory of directories) {
      const found = resolvePackage(name, packageName, directory);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function resolvePath(name: string, directory: string): ResolvedModule | undefined {
  const path = name.startsWith("file:") ? fileURLToPath(name) : resolve(directory, name);
  if (!existsSync(path)) return undefined;
  if (!statSync(path).isDirectory()) {
    return { name, directory: dirname(path), modulePath: path, packageName: undefined };
  }
  const packageName = nameOfPackage(path);
  if (packageName === undefined) return undefined;
  // A package may name itself; `exports` is honoured that way, which a path to its directory would bypass.
  const modulePath = tryResolve(path, packageName) ?? tryResolve(path, path) ?? importEntry(path);
  return modulePath === undefined ? undefined : { name, directory: path, modulePath, packageName };
}

function resolvePackage(name: string, packageName: string, directory: string): ResolvedModule | undefined {
  if (isBuiltin(packageName)) return undefined;
  const installed = installedPackage(packageName, directory);
  if (installed !== undefined) return { name, ...installed, packageName };
  const modulePath = tryResolve(directory, packageName);
  if (modulePath === undefined || !isAbsolute(modulePath)) return undefined;
  for (let at = dirname(modulePath); at !== dirname(at); at = dirname(at)) {
    if (nameOfPackage(at) === packageName) return { name, directory: at, modulePath, packageName };
  }
  return undefined;
}

/**
 * Looks for the package where Node would. The preset alone names ten, and `require.resolve` takes several times as long; it
 * is left for packages without `exports`, and for what only Node knows of, such as its own search path.
 */
function installedPackage(
  packageName: string,
  from: string,
): Pick<ResolvedModule, "directory" | "modulePath"> | undefined {
  for (let at = resolve(from); ; at = dirname(at)) {
    const found = join(at, "node_modules", packageName);
    if (existsSync(join(found, "package.json"))) {
      const directory = realpathSync.native(found);
      const modulePath = nameOfPackage(directory) === packageName ? importEntry(directory) : undefined;
      return modulePath !== undefined && existsSync(modulePath) ? { directory, modulePath } : undefined;
    }
    if (at === dirname(at)) return undefined;
  }
}

function tryResolve(directory: string, request: string): string | undefined {
  try {
    return createRequire(join(directory, "resolve-from-here.js")).resolve(request);
  } catch {
    return undefined;
  }
}

function nameOfPackage(directory: string): string | undefined {
  const file = join(directory, "package.json");
  if (!existsSync(file)) return undefined;
  const content: unknown = JSON.parse(readFileSync(file, "utf8"));
  return isObject(content) && typeof content["name"] === "string" ? content["name"] : undefined;
}
