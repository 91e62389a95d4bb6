import { createRequire, register } from "node:module";
import { fileURLToPath } from "node:url";

const TYPESCRIPT = /\.[cm]?ts$/;

let hooksRegistered = false;

/**
 * Imports a plugin or a configuration by file URL, TypeScript included.
 *
 * @remarks A plugin imports `@mcp-router/core/plugin`. That is found beside the plugin when it was installed there; for
 * a single file somewhere on disk it is not. Then, and for TypeScript, Node needs hooks, which cost a thread: they are
 * registered when the first such file turns up. Ours come before tsx's, so that tsx asks them.
 */
export async function importModule(url: string): Promise<unknown> {
  const isTypeScript = TYPESCRIPT.test(new URL(url).pathname);
  if (!hooksRegistered && (isTypeScript || !findsCore(url))) {
    hooksRegistered = true;
    register("./module-hooks.js", import.meta.url);
  }
  if (!isTypeScript) return await import(url);
  const { tsImport } = await import("tsx/esm/api");
  return await tsImport(url, { parentURL: import.meta.url, tsconfig: false });
}

function findsCore(url: string): boolean {
  try {
    createRequire(fileURLToPath(url)).resolve("@mcp-router/core/plugin");
    return true;
  } catch {
    return false;
  }
}
