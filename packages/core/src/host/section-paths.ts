import { coreSchema } from "../config/core-schema.ts";
import { schemasAt } from "../config/schema-at.ts";
import type { Sections } from "../plugin/define-plugin.ts";

/** What is wrong with the places that a plugin's sections have: core's own keys cannot be taken, nor what is in them. */
export function checkSectionPaths(sections: Sections): string[] {
  return Object.keys(sections).flatMap((section) => {
    const path = section.split(".");
    for (let length = 1; length <= path.length; length++) {
      const [own] = schemasAt(coreSchema, path.slice(0, length));
      if (own === undefined) return [];
      const key = path.slice(0, length).join(".");
      if (length === path.length || own.type !== "object" || own.properties === undefined) {
        return [`sections["${section}"]: ${key} is a key of the router's own`];
      }
    }
    return [];
  });
}
