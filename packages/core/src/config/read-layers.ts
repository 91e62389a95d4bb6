import { readFile as readFileFromDisk } from "node:fs/promises";
import type { LoadedManifest } from "../host/manifest.ts";
import { composeRootSchema } from "./compose-schema.ts";
import { environmentLayers } from "./environment-overlay.ts";
import type { IssueDraft } from "./issue-draft.ts";
import { isArray } from "./json-object.ts";
import type { MutableObject } from "./json-object.ts";
import { formatKey, pathOf, pointerOf } from "./key-path.ts";
import type { KeyPath } from "./key-path.ts";
import { directoryOfLayer, mergeLayers } from "./layers.ts";
import type { ConfigLayer, MergedLayers } from "./layers.ts";
import { expandReferences } from "./references.ts";

/** Where a configuration comes from. */
export interface ConfigSource {
  /** Lowest first. Defaults and the environment are added by the functions that take this. */
  readonly layers: readonly ConfigLayer[];
  readonly env: { readonly [name: string]: string | undefined };
  /** What relative paths start from where no file wrote them. Default: the working directory. */
  readonly baseDirectory?: string;
  /** Reads the file of a `${file:path}` by its absolute path. Default: from disk. */
  readonly readFile?: (path: string) => Promise<string>;
}

/** Layers as one configuration: environment laid over, references expanded, nothing checked yet. */
export interface ReadLayers {
  readonly value: MutableObject;
  readonly layers: readonly ConfigLayer[];
  readonly merged: MergedLayers;
  readonly issues: readonly IssueDraft[];
  /** The texts that references brought in, by the pointer of the value they went into. */
  readonly inserted: ReadonlyMap<string, readonly string[]>;
  originAt(path: KeyPath): string;
  directoryAt(path: KeyPath): string;
}

/** Lays the sources of a configuration over one another. `manifests` say which variables of the environment are keys. */
export async function readLayers(source: ConfigSource, manifests: readonly LoadedManifest[]): Promise<ReadLayers> {
  const { env, baseDirectory = process.cwd(), readFile = (path: string) => readFileFromDisk(path, "utf8") } = source;
  const layers = withEnvironment(source, manifests);
  const merged = mergeLayers(layers);
  const { value } = merged;
  const directoryAt = (path: KeyPath) => {
    const layer = merged.sourceOf(pointerOf(path))?.layer;
    return layer === undefined ? baseDirectory : directoryOfLayer(layer, baseDirectory);
  };
  const refused = merged.refused.map((pointer): IssueDraft => {
    const path = pathOf(pointer);
    return { code: "UNKNOWN_KEY", path, message: `${formatKey(path)} is not a known key` };
  });
  const { issues, inserted } = await expandReferences(value, { env, readFile, directoryAt });
  nameEntries(value);
  return {
    value,
    layers,
    merged,
    issues: [...refused, ...issues],
    inserted,
    originAt: (path) => merged.originOf(pointerOf(path)),
    directoryAt,
  };
}

/** Puts the environment's layers beneath the flags. */
function withEnvironment({ layers, env }: ConfigSource, manifests: readonly LoadedManifest[]): readonly ConfigLayer[] {
  if (!Object.keys(env).some((name) => name.startsWith("MCP_"))) return layers;
  const overlay = environmentLayers(env, composeRootSchema(manifests));
  const isFlags = ({ kind }: ConfigLayer) => kind === "flags";
  return [...layers.filter((layer) => !isFlags(layer)), ...overlay, ...layers.filter(isFlags)];
}

/** A name in `plugins` stands for an entry with nothing but `use`. */
function nameEntries(value: MutableObject): void {
  const { plugins } = value;
  if (!isArray(plugins)) return;
  for (const [index, entry] of plugins.entries()) if (typeof entry === "string") plugins[index] = { use: entry };
}
