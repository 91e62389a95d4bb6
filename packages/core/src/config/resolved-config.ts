import type { JsonObject, JsonValue } from "../plugin/json.ts";
import type { CheckedCore } from "./core-schema.ts";

/** `gateway.version`, one spelling each. */
export type GatewayVersion = "auto" | "1" | "2" | "custom";
/** `gateway.tls.min_version`, as Node spells it. */
export type TlsVersion = "TLSv1.2" | "TLSv1.3";

type CheckedGateway = CheckedCore["gateway"];
/** `gateway.tls`, complete. Paths are as written; resolve them with {@link ResolvedConfig.directoryOf}. */
export type TlsConfig = Omit<CheckedGateway["tls"], "min_version"> & { readonly min_version: TlsVersion };

/** The part of the configuration that core owns: checked, complete, one spelling for each value, frozen. */
export type CoreConfig = Omit<CheckedCore, "gateway"> & {
  readonly gateway: Omit<CheckedGateway, "version" | "tls"> & {
    readonly version: GatewayVersion;
    readonly tls: TlsConfig;
  };
};

/** A gateway to connect to: `gateway.url`, or one of `gateway.endpoints` with what it takes over from `gateway`. */
export interface EndpointConfig {
  readonly url: URL;
  readonly priority: number;
  /** The checked `auth` object, `type` included; undefined when nobody signs in. */
  readonly auth: (JsonObject & { readonly type: string }) | undefined;
  /** Key path of `auth`: `gateway.auth`, or `gateway.endpoints[0].auth`. */
  readonly authKey: string;
  readonly tls: TlsConfig;
  /** Key path of what differs from `gateway.tls` here; `gateway.tls` when nothing does. */
  readonly tlsKey: string;
}

/** An entry of `plugins`, whole. */
export interface PluginEntry {
  /** As written: a path, a package name or a short name. */
  readonly use: string;
  readonly id: string | undefined;
  /** Checked against the plugin's schema, defaults filled in; as written in the result of `listsOf`. */
  readonly with: JsonValue | undefined;
  readonly required: boolean;
  readonly enabled: boolean;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Key path of the entry: `plugins[0]`. */
  readonly key: string;
  /** Which layer wrote it. */
  readonly origin: string;
  /** What a relative `use` starts from. */
  readonly directory: string;
}

/** The effective configuration, and where each value of it was written. */
export interface ConfigDescription {
  /** Everything in effect, defaults included; secrets are `[redacted]`. */
  readonly config: JsonObject;
  /** Origin of each leaf by key path; `default` where nobody wrote it. */
  readonly origins: { readonly [key: string]: string };
}

/** A configuration that passed every check. Deeply frozen. */
export interface ResolvedConfig {
  readonly core: CoreConfig;
  /** In the order of the file; sort by `priority` to choose. */
  readonly endpoints: readonly EndpointConfig[];
  /** The checked value of a plugin's section; undefined when the configuration has none. */
  section(path: string): JsonValue | undefined;
  /** Whether a section is there and does not say `enabled: false`. */
  isSwitchedOn(path: string): boolean;
  /** `endpoints[endpointIndex].auth`. */
  authOf(endpointIndex: number): (JsonObject & { readonly type: string }) | undefined;
  readonly plugins: readonly PluginEntry[];
  readonly presets: readonly string[];
  readonly warnings: readonly string[];
  /** Texts to redact by value. */
  readonly secrets: readonly string[];
  /** Which layer wrote a key: a file, `--url`, `environment variable MCP_LOGGING_LEVEL`, `default`. */
  originOf(keyPath: string): string;
  /** What a relative path written at this key starts from. */
  directoryOf(keyPath: string): string;
  /** For `config show`. */
  toJSON(): ConfigDescription;
}

/** What decides which manifests are needed, read before any of them. */
export interface ConfigLists {
  readonly presets: readonly string[];
  /** What relative names in `presets` start from. */
  readonly presetsDirectory: string;
  readonly plugins: readonly PluginEntry[];
}
