import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";

/** A directory with these files, gone after the test. `definePlugin` and `definePreset` are in scope of `.mjs` files. */
export function pluginDirectory(files: { readonly [path: string]: string | object }): string {
  const directory = mkdtempSync(join(tmpdir(), "mcp-router-plugins-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? withBrands(path, content) : JSON.stringify(content));
  }
  return directory;
}

/** What `@mcp-router/core/plugin` exports, as far as these plugins need it: a brand is a registered symbol. */
function withBrands(path: string, text: string): string {
  if (!path.endsWith(".mjs")) return text;
  return `const definePlugin = (it) => Object.freeze({ apiVersion: "^1.0", ...it, [Symbol.for("@mcp-router/plugin")]: true });
const definePreset = (it) => Object.freeze({ apiVersion: "^1.0", ...it, [Symbol.for("@mcp-router/preset")]: true });
${text}`;
}

/** Imports a file as Node does, past the test runner's own module loader. */
export async function importFile(url: string): Promise<unknown> {
  return await import(/* @vite-ignore */ url.startsWith("file:") ? url : pathToFileURL(url).href);
}
