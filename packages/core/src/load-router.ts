import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock, type Clock } from "./clock.ts";
import type { ConfigLayer } from "./config/layers.ts";
import { listsOf } from "./config/lists-of.ts";
import { resolveConfig } from "./config/resolve-config.ts";
import type { ResolvedConfig } from "./config/resolved-config.ts";
import { HealthBoard } from "./health/health-board.ts";
import { choosePlugins } from "./host/choose-plugins.ts";
import { collectManifests } from "./host/collect-manifests.ts";
import { Generation } from "./host/generation.ts";
import { checkExport } from "./host/import-exports.ts";
import { MetricsRegistry } from "./host/metrics-registry.ts";
import type { LoadedManifest } from "./host/manifest.ts";
import type { Plugin } from "./plugin/define-plugin.ts";
import type { Preset } from "./plugin/define-preset.ts";
import type { JsonObject } from "./plugin/json.ts";
import type { Logger } from "./plugin/logger.ts";
import { Redactor } from "./redactor.ts";
import type { RouterOptions } from "./router-options.ts";
import { silentLogger } from "./silent-logger.ts";

/** Everything a router needs that does not need stdin and stdout. */
export interface LoadedRouter {
  readonly config: ResolvedConfig;
  readonly manifests: readonly LoadedManifest[];
  readonly generation: Generation;
  readonly health: HealthBoard;
  readonly metrics: MetricsRegistry;
  readonly clock: Clock;
  readonly log: Logger;
  readonly env: { readonly [name: string]: string | undefined };
  readonly redact: (text: string) => void;
  /** Takes every secret that is known out of a text. */
  readonly hide: (text: string) => string;
}

/** What of {@link RouterOptions} decides which plugins are there and how they are configured. */
export type LoadOptions = Omit<RouterOptions, "stdin" | "stdout" | "signal">;

/** The plugins that the configuration may use; it is not checked yet, and none of them runs. @throws PluginLoadError */
export async function collectPlugins(options: LoadOptions) {
  const { env = process.env, baseDirectory = process.cwd(), clock = systemClock, log = silentLogger } = options;
  const importModule = options.importModule ?? ((url: string): Promise<unknown> => import(url));
  const given = options.plugins ?? [];
  const own = layersOf(options.config);
  const named = given.filter((each) => typeof each === "string");
  const flags: readonly ConfigLayer[] =
    named.length === 0
      ? []
      : [{ origin: "--plugin", kind: "flags", value: { plugins: named }, directory: baseDirectory }];
  const layers = [...own, ...flags];
  const lists = await listsOf({ layers, env, baseDirectory });
  const collection = await collectManifests({
    lists,
    given: given.filter((each) => typeof each !== "string").map(checkGiven),
    fallbackDirectories: [...(options.packageDirectories ?? []), dirname(fileURLToPath(import.meta.url))],
    importModule,
    clock,
    log,
  });
  return { collection, layers, env, baseDirectory, clock, importModule };
}

/** The configuration and the plugins it may use, without running any of them. @throws ConfigError, PluginLoadError */
export async function loadConfig(options: LoadOptions) {
  const collected = await collectPlugins(options);
  const { collection, layers, env, baseDirectory } = collected;
  const config = await resolveConfig({
    layers: [...collection.layers, ...layers],
    manifests: collection.manifests,
    env,
    baseDirectory,
  });
  return { ...collected, config };
}

/** Loads configuration and plugins; nothing is dialled and nothing is read. @throws ConfigError, PluginLoadError */
export async function loadRouter(options: LoadOptions): Promise<LoadedRouter> {
  const { config, collection, env, clock, importModule } = await loadConfig(options);
  const { log = silentLogger, onSecret = () => {} } = options;
  const secrets = new Redactor();
  const redact = (secret: string): void => {
    secrets.add(secret);
    onSecret(secret);
  };
  for (const secret of config.secrets) redact(secret);
  for (const warning of config.warnings) log.warn(warning);
  const metrics = new MetricsRegistry();
  const health = new HealthBoard();
  const generation = await Generation.create({
    uses: choosePlugins(collection, config),
    collection,
    config,
    env,
    importModule,
    health,
    metrics,
    clock,
    log,
    redact,
  });
  const hide = (text: string): string => secrets.redact(text);
  return { config, manifests: collection.manifests, generation, health, metrics, clock, log, env, redact, hide };
}

function layersOf(config: JsonObject | readonly ConfigLayer[]): readonly ConfigLayer[] {
  return isLayers(config) ? config : [{ origin: "configuration object", kind: "file", value: config }];
}

function isLayers(config: JsonObject | readonly ConfigLayer[]): config is readonly ConfigLayer[] {
  return Array.isArray(config);
}

function checkGiven(value: Plugin | Preset): Plugin | Preset {
  const checked = checkExport(value.name, value);
  return "plugin" in checked ? checked.plugin : checked.preset;
}
