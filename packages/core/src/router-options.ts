import type { Readable, Writable } from "node:stream";
import type { ConfigLayer } from "./config/layers.ts";
import type { Plugin } from "./plugin/define-plugin.ts";
import type { Preset } from "./plugin/define-preset.ts";
import type { JsonObject } from "./plugin/json.ts";
import type { Logger } from "./plugin/logger.ts";
import type { Clock } from "./clock.ts";

export interface RouterOptions {
  /** The configuration: one object, or layers with the lowest first. */
  readonly config: JsonObject | readonly ConfigLayer[];
  /** Plugins and presets beside those of the configuration: objects, or names and paths as after `--plugin`. */
  readonly plugins?: readonly (Plugin | Preset | string)[];
  /** Where the client's messages come from, one per line. */
  readonly stdin: Readable;
  /** Where messages to the client go, one per line. Nothing else may write to it. */
  readonly stdout: Writable;
  /** Aborting it ends the router like a signal does: open requests are answered, and it is gone within 300 ms. */
  readonly signal?: AbortSignal;
  /** Default: nothing is logged. */
  readonly log?: Logger;
  /** Default: the environment of the process. */
  readonly env?: { readonly [name: string]: string | undefined };
  /** What relative names in `plugins` and in configuration objects are resolved against. Default: the working directory. */
  readonly baseDirectory?: string;
  /** Where plugin packages are looked up after the directory that names them. The CLI gives its own. */
  readonly packageDirectories?: readonly string[];
  /** Imports a plugin module by file URL. Default: `import()`; the CLI passes one that reads TypeScript. */
  readonly importModule?: (url: string) => Promise<unknown>;
  /** Called with every secret that becomes known, so that a log sink can redact it by value. */
  readonly onSecret?: (text: string) => void;
  /**
   * Monotonic milliseconds at which the client began to wait: `local.initialize_hold_ms` counts from here. The CLI passes
   * the start of its process. Default: now.
   */
  readonly startedAt?: number;
  /** Default: the real one. Tests pass their own. */
  readonly clock?: Clock;
}

/** Why {@link Router.run} came to its end. */
export type RunEnd = "stdin_end" | "stdout_closed" | "aborted" | "stopped";

export interface LoadedPlugin {
  /** Name, or the `id` of its entry. */
  readonly id: string;
  readonly name: string;
  readonly packageName: string | undefined;
  readonly version: string | undefined;
  /** File or package it came from. */
  readonly from: string;
  /** `section`, `transport`, `auth`, `entry`: what of the configuration switched it on. */
  readonly because: string;
}

/** One tap in its effective place. */
export interface HookPlace {
  readonly hook: string;
  readonly stage: string;
  readonly plugin: string;
}

export interface Router {
  readonly plugins: readonly LoadedPlugin[];
  /** Every tap of every hook, in the order they run. */
  readonly hooks: readonly HookPlace[];
  readonly warnings: readonly string[];
  /** Counters and gauges as they are now, by name. */
  metrics(): ReadonlyMap<string, number>;
  /** Bridges stdin and the gateway until the client has gone or {@link Router.stop} is called. Call it once. */
  run(): Promise<RunEnd>;
  /** Ends a run: `drain` finishes open requests first, `now` answers them with an error. Without a run it only disposes. */
  stop(how?: "drain" | "now"): Promise<void>;
}
