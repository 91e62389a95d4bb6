import type { LoadedManifest, SlotManifest } from "../host/manifest.ts";

/** A slot, and the plugin that has it. */
export interface OwnedSlot extends SlotManifest {
  readonly owner: LoadedManifest;
}

/** What the loaded plugins offer by name. Where two offer the same, the first stands; the loader refuses the second. */
export interface ConfigContributions {
  readonly transports: ReadonlyMap<string, OwnedSlot>;
  readonly framings: ReadonlyMap<string, OwnedSlot>;
  readonly auth: ReadonlyMap<string, OwnedSlot>;
  readonly sections: ReadonlyMap<string, LoadedManifest>;
}

export function contributionsOf(manifests: readonly LoadedManifest[]): ConfigContributions {
  const transports = new Map<string, OwnedSlot>();
  const framings = new Map<string, OwnedSlot>();
  const auth = new Map<string, OwnedSlot>();
  const sections = new Map<string, LoadedManifest>();
  for (const owner of manifests) {
    for (const [name, slot] of Object.entries(owner.plugin.transports)) addFirst(transports, name, { ...slot, owner });
    for (const [name, slot] of Object.entries(owner.plugin.framings ?? {}))
      addFirst(framings, name, { ...slot, owner });
    for (const [name, slot] of Object.entries(owner.plugin.auth)) addFirst(auth, name, { ...slot, owner });
    for (const path of Object.keys(owner.plugin.sections)) addFirst(sections, path, owner);
  }
  return { transports, framings, auth, sections };
}

function addFirst<T>(map: Map<string, T>, name: string, value: T): void {
  if (!map.has(name)) map.set(name, value);
}

/** Says that a key needs code which is not there: "… needs the plugin X, whose code is not in this version (package 0.1.0)". */
export function notBuilt(key: string, { plugin, packageName, version }: LoadedManifest): string {
  const from = packageName === undefined ? "" : ` (${[packageName, version].filter(Boolean).join(" ")})`;
  return `${key} needs the plugin ${plugin.name}, whose code is not in this version${from}`;
}
