import type { JsonSchema } from "../plugin/json-schema.ts";
import type { PluginManifest } from "./manifest.ts";

/** Every schema of a plugin, by the name its validator is asked for: `section:<path>`, `options`, `auth:<type>`, … */
export function schemaParts(manifest: PluginManifest): ReadonlyMap<string, JsonSchema> {
  const parts = new Map<string, JsonSchema>();
  for (const [path, schema] of Object.entries(manifest.sections)) parts.set(`section:${path}`, schema);
  if (manifest.options !== undefined) parts.set("options", manifest.options);
  for (const [scheme, { schema }] of Object.entries(manifest.transports)) {
    if (schema !== undefined) parts.set(`transport:${scheme}`, schema);
  }
  for (const [type, { schema }] of Object.entries(manifest.auth)) {
    if (schema !== undefined) parts.set(`auth:${type}`, schema);
  }
  return parts;
}
