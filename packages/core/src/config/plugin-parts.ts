import type { LoadedManifest } from "../host/manifest.ts";
import type { JsonSchema } from "../plugin/json-schema.ts";
import { notBuilt } from "./contributions.ts";
import type { ConfigContributions } from "./contributions.ts";
import { howToAdd, STANDARD_SECTIONS } from "./first-party.ts";
import type { IssueDraft } from "./issue-draft.ts";
import { isArray, isObject } from "./json-object.ts";
import type { MutableJson, MutableObject } from "./json-object.ts";
import { formatKey } from "./key-path.ts";
import type { KeyPath } from "./key-path.ts";
import { isSwitchedOff, takeSection } from "./sections.ts";
import { unknownAuth } from "./unknown-auth.ts";

/** A value that a plugin's schema describes. Checking it fills in its defaults in place. */
export interface PluginPart {
  readonly path: KeyPath;
  readonly value: MutableJson;
  readonly schema: JsonSchema;
  /** The name of its validator. */
  readonly part: string;
  readonly owner: LoadedManifest;
}

export interface FoundParts {
  readonly parts: readonly PluginPart[];
  readonly issues: readonly IssueDraft[];
}

/** Takes the sections of plugins out of a configuration, so that core's part is left. */
export function takeSections(root: MutableObject, { sections }: ConfigContributions): FoundParts {
  const parts: PluginPart[] = [];
  const issues: IssueDraft[] = [];
  for (const [key, owner] of sections) {
    const path = key.split(".");
    const value = takeSection(root, path);
    const schema = owner.plugin.sections[key];
    if (value === undefined || schema === undefined) continue;
    parts.push({ path, value, schema, part: `section:${key}`, owner });
    if (!owner.plugin.hasApply && !isSwitchedOff(value)) {
      const message = `${notBuilt(key, owner)}; remove the section, or write enabled: false in it`;
      issues.push({ code: "PLUGIN_NOT_BUILT", path, message });
    }
  }
  for (const [key, standard] of STANDARD_SECTIONS) {
    const path = key.split(".");
    if (sections.has(key) || takeSection(root, path) === undefined) continue;
    const message = `${key} needs the plugin ${standard.packageName}, which is not loaded; ${howToAdd(standard)}`;
    issues.push({ code: "PLUGIN_NOT_LOADED", path, message });
  }
  return { parts, issues };
}

/** Finds the `auth` objects, each with the slot that its `type` names. */
export function findAuth(root: MutableObject, { auth }: ConfigContributions): FoundParts {
  const parts: PluginPart[] = [];
  const issues: IssueDraft[] = [];
  for (const { path, value } of authObjects(root)) {
    const type = isObject(value) ? value["type"] : undefined;
    if (typeof type !== "string") continue;
    const slot = auth.get(type);
    const typePath = [...path, "type"];
    const key = `${formatKey(typePath)}: ${type}`;
    if (slot === undefined) {
      issues.push(unknownAuth(type, typePath, [...auth.keys()]));
      continue;
    }
    if (slot.schema !== undefined) {
      parts.push({ path, value, schema: slot.schema, part: `auth:${type}`, owner: slot.owner });
    }
    if (!slot.hasCreate) {
      issues.push({
        code: "PLUGIN_NOT_BUILT",
        path: typePath,
        message: `${notBuilt(key, slot.owner)}; use another type`,
      });
    }
  }
  return { parts, issues };
}

function authObjects({ gateway }: MutableObject): readonly { path: KeyPath; value: MutableJson }[] {
  if (!isObject(gateway)) return [];
  const found: { path: KeyPath; value: MutableJson }[] = [];
  const add = (owner: MutableJson, path: KeyPath) => {
    const value = isObject(owner) ? owner["auth"] : undefined;
    if (value !== undefined) found.push({ path: [...path, "auth"], value });
  };
  add(gateway, ["gateway"]);
  const { endpoints } = gateway;
  if (isArray(endpoints)) {
    for (const [index, endpoint] of endpoints.entries()) add(endpoint, ["gateway", "endpoints", `${index}`]);
  }
  return found;
}

/** Finds the `with` of each plugin entry, and the schema that it has to meet. */
export function findPluginOptions(root: MutableObject, manifests: readonly LoadedManifest[]): FoundParts {
  const parts: PluginPart[] = [];
  const issues: IssueDraft[] = [];
  const { plugins } = root;
  for (const [index, entry] of isArray(plugins) ? plugins.entries() : []) {
    if (!isObject(entry) || typeof entry["use"] !== "string" || entry["enabled"] === false) continue;
    const { use } = entry;
    const path = ["plugins", `${index}`, "with"];
    const owners = manifests.filter((manifest) => isNamedBy(manifest, use));
    const described = owners.flatMap((owner) => optionsSchema(owner));
    const [first, second] = described;
    if (first === undefined) {
      if (owners.length > 0 && isObject(entry["with"]) && Object.keys(entry["with"]).length > 0) {
        issues.push({
          code: "UNKNOWN_KEY",
          path,
          message: `${formatKey(path)} is there, and the plugin ${use} takes no options`,
        });
      }
      continue;
    }
    // An option schema applies even to an entry without options: it may have defaults, or keys that are required.
    if (entry["with"] === undefined && first.part !== "options") continue;
    if (second !== undefined) {
      const message = `${formatKey(path)} could be for ${described.map(({ owner }) => owner.plugin.name).join(" or ")}, which ${use} holds all; write their sections instead`;
      if (entry["with"] !== undefined) issues.push({ code: "CONFLICT", path, message });
      continue;
    }
    entry["with"] ??= {};
    parts.push({ path, value: entry["with"], ...first });
    if (first.part !== "options" && !first.owner.plugin.hasApply) {
      issues.push({
        code: "PLUGIN_NOT_BUILT",
        path,
        message: `${notBuilt(formatKey(path), first.owner)}; remove the entry`,
      });
    }
  }
  return { parts, issues };
}

function isNamedBy({ references = [], packageName, plugin }: LoadedManifest, use: string): boolean {
  return references.includes(use) || packageName === use || plugin.name === use;
}

/** The schema of a plugin's `with`: its option schema, or that of its only section. */
function optionsSchema(owner: LoadedManifest): readonly Pick<PluginPart, "schema" | "part" | "owner">[] {
  const { options, sections } = owner.plugin;
  if (options !== undefined) return [{ schema: options, part: "options", owner }];
  const [only, another] = Object.entries(sections);
  if (only === undefined || another !== undefined) return [];
  return [{ schema: only[1], part: `section:${only[0]}`, owner }];
}
