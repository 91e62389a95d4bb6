import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
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
  const modulePath = tryResolve(directory, packageName) ?? installedEntry(packageName, directory);
  // A built-in module of Node resolves to its bare name.
  if (modulePath === undefined || !isAbsolute(modulePath)) return undefined;
  for (let at = dirname(modulePath); at !== dirname(at); at = dirname(at)) {
    if (nameOfPackage(at) === packageName) return { name, directory: at, modulePath, packageName };
  }
  return undefined;
}

/** Looks for the package where Node would, and nowhere else. */
function installedEntry(packageName: string, directory: string): string | undefined {
  const from = createRequire(join(directory, "resolve-from-here.js"));
  for (const modules of from.resolve.paths(packageName) ?? []) {
    const entry = importEntry(join(modules, packageName));
    if (entry !== undefined) return entry;
  }
  return undefined;
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
