import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject } from "../config/json-object.ts";

/** The conditions that hold for `import` in Node. */
const CONDITIONS: ReadonlySet<string> = new Set(["import", "node", "module-sync", "default"]);

/**
 * The main module of a package for `import`. `require.resolve` does not see it when the package's `exports` offer it under
 * the `import` condition only, as many ESM packages do.
 */
export function importEntry(packageDirectory: string): string | undefined {
  const file = join(packageDirectory, "package.json");
  if (!existsSync(file)) return undefined;
  const content: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (!isObject(content)) return undefined;
  const target = targetOf(content["exports"]);
  return target === undefined ? undefined : join(packageDirectory, target);
}

/** The target of the package itself: the first whose condition holds. */
function targetOf(exported: unknown): string | undefined {
  if (typeof exported === "string") return exported.startsWith("./") ? exported : undefined;
  if (!isObject(exported)) return undefined;
  if ("." in exported) return targetOf(exported["."]);
  for (const [condition, value] of Object.entries(exported)) {
    const target = CONDITIONS.has(condition) ? targetOf(value) : undefined;
    if (target !== undefined) return target;
  }
  return undefined;
}
