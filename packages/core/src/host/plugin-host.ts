import { resolve } from "node:path";
import type { ResolvedConfig } from "../config/resolved-config.ts";
import type { PluginHost } from "../plugin/host.ts";
import type { Logger } from "../plugin/logger.ts";
import type { PluginUse } from "./choose-plugins.ts";
import type { DisposeScope } from "./dispose-scope.ts";
import type { HookSet } from "./hook-set.ts";
import type { MetricsRegistry } from "./metrics-registry.ts";
import type { Services } from "./services.ts";
import { UntypedStore } from "./untyped-store.ts";

export interface PluginHostOptions {
  readonly use: PluginUse;
  readonly scope: DisposeScope;
  readonly signal: AbortSignal;
  readonly hookSet: HookSet;
  readonly services: Services;
  readonly config: ResolvedConfig;
  readonly env: { readonly [name: string]: string | undefined };
  readonly metrics: MetricsRegistry;
  readonly log: Logger;
  readonly redact: (text: string) => void;
}

/** The host of one plugin: everything done through it carries the plugin's name. */
export function createPluginHost(options: PluginHostOptions): PluginHost {
  const { use, scope, signal, hookSet, services, config, env, metrics, redact } = options;
  const kept = new UntypedStore();
  return {
    id: use.id,
    log: options.log.child({ plugin: use.id }),
    metrics: metrics.scope(`mcp_router_${use.id.replaceAll("-", "_")}`),
    signal,
    hooks: hookSet.for(use.id, use.order),
    env,
    provide: (key, service) => services.provide(use.id, key, service),
    use: (key) => services.use(key),
    keep: <T>(key: string, create: () => T): T => {
      const present = kept.get<T>(key);
      if (present !== undefined) return present;
      const made = create();
      kept.set(key, made);
      return made;
    },
    onDispose: (dispose) => scope.add(dispose),
    redact,
    resolvePath: (path) => resolve(config.directoryOf(use.configKey), path),
  };
}
