import { schemaParts } from "../host/manifest-parts.ts";
import type { PackageManifest } from "../host/manifest.ts";
import type { JsonSchema } from "../plugin/json-schema.ts";
import { standaloneValidators } from "./standalone-validators.ts";

/** The source of a package's `validators.js`: `validators[plugin][part]`. */
export function validatorsModule({ plugins }: PackageManifest): string {
  const schemas = new Map<string, JsonSchema>();
  const lookup = plugins.map((plugin) => {
    const parts = [...schemaParts(plugin)].map(([part, schema]) => {
      const name = `validator${schemas.size}`;
      schemas.set(name, schema);
      return `    ${JSON.stringify(part)}: ${name},`;
    });
    return [`  ${JSON.stringify(plugin.name)}: {`, ...parts, "  },"].join("\n");
  });
  const code = schemas.size === 0 ? "" : `${standaloneValidators(schemas)}\n`;
  return `// Written by mcp-router-manifest.\n${code}export const validators = {\n${lookup.join("\n")}\n};\n`;
}
