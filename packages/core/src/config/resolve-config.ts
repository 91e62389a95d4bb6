import type { LoadedManifest } from "../host/manifest.ts";
import type { ConfigLayer } from "./layers.ts";
import type { ConfigLists, ResolvedConfig } from "./resolved-config.ts";

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

export interface ResolveConfigOptions extends ConfigSource {
  /** Every plugin that the configuration may use. */
  readonly manifests: readonly LoadedManifest[];
}

/** Signature of `resolveConfig`. @throws ConfigError with every fault there is. */
export type ResolveConfig = (options: ResolveConfigOptions) => Promise<ResolvedConfig>;
/** Signature of `listsOf`: leaves out what is malformed, `resolveConfig` reports it. */
export type ListsOf = (source: ConfigSource) => Promise<ConfigLists>;
