import { dirname } from "node:path";
import type { JsonObject, JsonValue } from "../plugin/json.ts";
import { pathOf, pointerOf } from "./key-path.ts";
import { isArray, isObject, setMember, valueAt } from "./json-object.ts";
import type { MutableJson, MutableObject } from "./json-object.ts";

/** A place in a text; both count from 1. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/** One source of configuration. Layers are given lowest first: presets, files, flags. */
export interface ConfigLayer {
  /** For people: `preset claude`, the path of a file, `--url`. */
  readonly origin: string;
  readonly value: JsonObject;
  /** What it is, which decides where the environment comes in: below `flags`, above all else. Default `file`. */
  readonly kind?: "preset" | "file" | "environment" | "flags";
  /** Absolute path of the file it was read from. */
  readonly file?: string;
  /** Directory that relative paths in it start from. Default: that of `file`, else the base directory. */
  readonly directory?: string;
  /** Finds a value in the source text. Asked only when there is something to complain about. */
  readonly locate?: (pointer: string) => Promise<SourcePosition | undefined>;
}

/** Where a value was written: the layer, and the value's JSON Pointer in that layer. */
export interface Source {
  readonly layer: ConfigLayer;
  readonly pointer: string;
}

/** The origin of what nobody wrote. */
const DEFAULT_ORIGIN = "default";

/** Layers laid over one another. */
export interface MergedLayers {
  /** A copy of its own, which validators may fill with defaults. */
  readonly value: MutableObject;
  /** Where the value at a pointer, or the nearest value around it, was written; undefined for defaults. */
  sourceOf(pointer: string): Source | undefined;
  /** Which layer wrote the value at a pointer; `default` when none did. */
  originOf(pointer: string): string;
  /** Pointers of members that no configuration may have (`__proto__`); they were left out. */
  readonly refused: readonly string[];
}

/** The directory that relative paths written in `layer` start from. */
export function directoryOfLayer(layer: ConfigLayer, baseDirectory: string): string {
  if (layer.directory !== undefined) return layer.directory;
  return layer.file === undefined ? baseDirectory : dirname(layer.file);
}

/**
 * Merges layers, lowest first: objects member by member, everything else replaced by the higher layer. The lists in
 * `plugins` are joined instead, so that a flag can add a plugin to those of the file.
 */
export function mergeLayers(layers: readonly ConfigLayer[]): MergedLayers {
  const sources = new Map<string, Source>();
  const refused: string[] = [];
  const value: MutableObject = {};

  const copy = (from: JsonValue, layer: ConfigLayer, at: readonly string[], here: readonly string[]): MutableJson => {
    sources.set(pointerOf(at), { layer, pointer: pointerOf(here) });
    if (isArray(from)) {
      return from.map((item, index) => copy(item, layer, [...at, `${index}`], [...here, `${index}`]));
    }
    if (!isObject(from)) return from;
    const object: MutableObject = {};
    merge(object, from, layer, at, here);
    return object;
  };

  const merge = (
    into: MutableObject,
    from: JsonObject,
    layer: ConfigLayer,
    at: readonly string[],
    here: readonly string[],
  ): void => {
    for (const [name, member] of Object.entries(from)) {
      const path = [...at, name];
      const herePath = [...here, name];
      if (name === "__proto__") {
        refused.push(pointerOf(path));
        sources.set(pointerOf(path), { layer, pointer: pointerOf(herePath) });
        continue;
      }
      const below = Object.hasOwn(into, name) ? into[name] : undefined;
      if (isObject(below) && isObject(member)) {
        // What is missing in an object is looked for in the file, not in the flag that added a member to it.
        if ((layer.kind ?? "file") === "file") sources.set(pointerOf(path), { layer, pointer: pointerOf(herePath) });
        merge(below, member, layer, path, herePath);
      } else if (at.length === 0 && name === "plugins" && isArray(below) && isArray(member)) {
        const offset = below.length;
        member.forEach((item, index) => {
          below.push(copy(item, layer, [...path, `${offset + index}`], [...herePath, `${index}`]));
        });
      } else {
        for (const pointer of sources.keys()) {
          if (pointer.startsWith(`${pointerOf(path)}/`)) sources.delete(pointer);
        }
        setMember(into, name, copy(member, layer, path, herePath));
      }
    }
  };

  for (const layer of layers) {
    sources.set("", { layer, pointer: "" });
    merge(value, layer.value, layer, [], []);
  }
  const sourceOf = (pointer: string): Source | undefined => {
    for (let path = pathOf(pointer); path.length > 0; path = path.slice(0, -1)) {
      const source = sources.get(pointerOf(path));
      if (source !== undefined) return source;
    }
    return undefined;
  };
  return {
    value,
    refused,
    sourceOf,
    originOf(pointer) {
      const source = sourceOf(pointer);
      if (source === undefined) return DEFAULT_ORIGIN;
      // A name in `plugins` is written as a text and read as an object; what is in it was written with it.
      const isWritten = sources.has(pointer) || !isObject(valueAt(source.layer.value, pathOf(source.pointer)));
      return isWritten ? source.layer.origin : DEFAULT_ORIGIN;
    },
  };
}
