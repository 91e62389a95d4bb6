import type { Hooks } from "./hooks.ts";
import type { Logger } from "./logger.ts";
import type { MetricsScope } from "./metrics.ts";
import type { ServiceKey } from "./service-key.ts";

/** Why a plugin is disposed: the router stops, or a new generation takes over, or the start failed. */
export type DisposeReason = "stop" | "reload" | "failed_start";

/** What a plugin gets to work with; each plugin has its own, so everything done through it carries its name. */
export interface PluginHost {
  /** The id of this use of the plugin: its name, or what the configuration calls it. */
  readonly id: string;
  readonly log: Logger;
  readonly metrics: MetricsScope;
  /** Aborted when the plugin is disposed. */
  readonly signal: AbortSignal;
  readonly hooks: Hooks;
  readonly env: { readonly [name: string]: string | undefined };
  /** Offers a service under a typed key. One provider per key. */
  provide<T>(key: ServiceKey<T>, service: T): void;
  /** The service of that key, once every plugin was applied; undefined when nobody provides it. */
  use<T>(key: ServiceKey<T>): T | undefined;
  /** What must survive a reload: made on first use, handed to the next generation of this plugin under the same key. */
  keep<T>(key: string, create: () => T): T;
  /** Called once when the plugin ends; the last registered runs first. */
  onDispose(dispose: (reason: DisposeReason) => void | Promise<void>): void;
  /** Registers a secret for redaction by value. */
  redact(text: string): void;
  /** Resolves a path of the configuration against the file that wrote it. */
  resolvePath(path: string): string;
}
