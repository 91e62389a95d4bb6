import type { Clock } from "../clock.ts";
import type { ResolvedConfig } from "../config/resolved-config.ts";
import type { Plugin } from "../plugin/define-plugin.ts";
import type { DisposeReason } from "../plugin/host.ts";
import { LINK_HEALTH, type LinkHealth } from "../plugin/link-health.ts";
import type { Logger } from "../plugin/logger.ts";
import type { PluginUse } from "./choose-plugins.ts";
import type { Collection } from "./collect-manifests.ts";
import { DisposeScope } from "./dispose-scope.ts";
import { HookSet, type SealedHooks } from "./hook-set.ts";
import type { ImportModule } from "./import-exports.ts";
import { failureOf, importPlugins, type ImportedUse } from "./import-plugins.ts";
import type { MetricsRegistry } from "./metrics-registry.ts";
import { createPluginHost } from "./plugin-host.ts";
import { PluginLoadError } from "./plugin-load-error.ts";
import { Services } from "./services.ts";
import { messageOf, type TapFault } from "./tap-faults.ts";
import { TapOrderError } from "./tap-order.ts";
import { within } from "./within.ts";

/** A plugin that takes longer than this to apply, or a lifecycle tap, is reported instead of waited for. */
const APPLY_LIMIT_MS = 5_000;
const DISPOSE_LIMIT_MS = 500;

export interface GenerationOptions {
  readonly uses: readonly PluginUse[];
  readonly collection: Collection;
  readonly config: ResolvedConfig;
  readonly env: { readonly [name: string]: string | undefined };
  readonly importModule: ImportModule;
  readonly health: LinkHealth;
  readonly metrics: MetricsRegistry;
  readonly clock: Clock;
  readonly log: Logger;
  readonly redact: (text: string) => void;
}

/** An applied plugin. */
export interface LiveUse {
  readonly use: PluginUse;
  readonly plugin: Plugin;
  readonly scope: DisposeScope;
  readonly abort: AbortController;
}

/** A lifecycle tap that threw, rejected, or took too long. */
export interface LifecycleFailure {
  readonly plugin: string;
  /** False when the router may run without the plugin. */
  readonly required: boolean;
  readonly message: string;
  readonly cause: unknown;
}

/** One set of applied plugins with their sealed hooks. */
export class Generation {
  readonly live: readonly LiveUse[];
  readonly hooks: SealedHooks;
  readonly #options: GenerationOptions;

  private constructor(live: readonly LiveUse[], hooks: SealedHooks, options: GenerationOptions) {
    this.live = live;
    this.hooks = hooks;
    this.#options = options;
  }

  /**
   * Imports, checks and applies every plugin in use. A failure disposes what had been applied, in reverse.
   *
   * @throws PluginLoadError with every static failure, or with the one that stopped `apply`.
   */
  static async create(options: GenerationOptions): Promise<Generation> {
    const imported = await importPlugins(options);
    const hookSet = new HookSet();
    const services = new Services();
    services.provide("the router", LINK_HEALTH, options.health);
    const live: LiveUse[] = [];
    try {
      for (const { use, plugin } of imported) {
        const applied = await apply(options, { use, plugin }, hookSet, services);
        if (applied !== undefined) live.push(applied);
      }
      return new Generation(live, seal(options, hookSet), options);
    } catch (cause) {
      await disposeAll(live, "failed_start", options);
      throw cause;
    }
  }

  async dispose(reason: DisposeReason): Promise<void> {
    await disposeAll(this.live, reason, this.#options);
  }

  /** Runs the taps of a lifecycle hook in order, each with a deadline, whatever becomes of the others. */
  async lifecycle(name: "onStart" | "onDrain" | "onStop"): Promise<readonly LifecycleFailure[]> {
    const failures: LifecycleFailure[] = [];
    for (const tap of this.hooks[name]) {
      try {
        const running = Promise.resolve(tap.run());
        await within(this.#options.clock, APPLY_LIMIT_MS, running, `${name} took longer than ${APPLY_LIMIT_MS} ms`);
      } catch (cause) {
        const required = this.live.find(({ use }) => use.id === tap.plugin)?.use.required !== false;
        failures.push({ plugin: tap.plugin, required, message: messageOf(cause), cause });
      }
    }
    return failures;
  }
}

async function apply(
  options: GenerationOptions,
  { use, plugin }: ImportedUse,
  hookSet: HookSet,
  services: Services,
): Promise<LiveUse | undefined> {
  const { clock, log } = options;
  const abort = new AbortController();
  const live: LiveUse = { use, plugin, scope: new DisposeScope(use.id, clock), abort };
  const host = createPluginHost({ ...options, use, scope: live.scope, signal: abort.signal, hookSet, services });
  try {
    const applying = plugin.apply?.(host, use.options);
    if (applying !== undefined) {
      await within(clock, APPLY_LIMIT_MS, applying, `apply did not finish within ${APPLY_LIMIT_MS} ms`);
    }
    return live;
  } catch (cause) {
    await disposeAll([live], "failed_start", options);
    if (use.required) throw new PluginLoadError([failureOf(use, "apply", cause)]);
    hookSet.forget(use.id);
    services.forget(use.id);
    log.warn({ plugin: use.id }, `left out: ${messageOf(cause)}`);
    return undefined;
  }
}

function seal({ uses, metrics, clock, log }: GenerationOptions, hookSet: HookSet): SealedHooks {
  // With those that were left out: their absence is no reason to refuse who wanted to run before them.
  const names = new Set(uses.map(({ id }) => id));
  const faults = metrics.scope("mcp_router").counter("plugin_faults_total", "Faults of plugins, by plugin and hook.");
  const report = ({ plugin, hook, message, cause }: TapFault): void => {
    faults.add(1, { plugin, hook });
    log.warn({ plugin, hook, err: cause }, `plugin fault: ${message}`);
  };
  try {
    return hookSet.seal(names, report, () => clock.now());
  } catch (cause) {
    if (!(cause instanceof TapOrderError)) throw cause;
    throw new PluginLoadError([{ plugin: cause.plugin, phase: "order", message: cause.message }]);
  }
}

async function disposeAll(live: readonly LiveUse[], reason: DisposeReason, { log }: GenerationOptions): Promise<void> {
  for (const { scope, abort } of [...live].reverse()) {
    abort.abort();
    for (const failure of await scope.dispose(reason, DISPOSE_LIMIT_MS)) log.warn(failure);
  }
}
