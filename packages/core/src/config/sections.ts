import { isObject, memberOf } from "./json-object.ts";
import type { MutableJson, MutableObject } from "./json-object.ts";
import type { KeyPath } from "./key-path.ts";

/**
 * Takes a plugin's section out of a configuration, with the objects around it that are empty then. What is left is core's.
 *
 * @returns undefined when the configuration has no such section.
 */
export function takeSection(root: MutableObject, path: KeyPath): MutableJson | undefined {
  const around = path.slice(0, -1);
  const last = path.at(-1);
  let parent: MutableJson | undefined = root;
  const parents: MutableObject[] = [];
  for (const name of [...around, ""]) {
    if (!isObject(parent)) return undefined;
    parents.push(parent);
    parent = Object.hasOwn(parent, name) ? parent[name] : undefined;
  }
  const owner = parents.at(-1);
  if (last === undefined || owner === undefined || !Object.hasOwn(owner, last)) return undefined;
  const section = owner[last];
  delete owner[last];
  for (let depth = parents.length - 1; depth > 0; depth--) {
    const name = around[depth - 1];
    const object = parents[depth];
    if (name === undefined || object === undefined || Object.keys(object).length > 0) break;
    delete parents[depth - 1]?.[name];
  }
  return section;
}

/** Whether a section says that its plugin shall be off. */
export function isSwitchedOff(section: MutableJson): boolean {
  return memberOf(section, "enabled") === false;
}
