import { loadConfig } from "@mcp-router/core";

import type { Flags } from "../arguments/flags.ts";
import type { CommandContext } from "../command-context.ts";
import { setUp } from "../setup.ts";

/** The configuration as a run would see it, checked; warnings are told on stderr. @throws ConfigError, PluginLoadError */
export async function loadEffectiveConfig(flags: Flags, context: CommandContext) {
  const { people, redactor } = context;
  const { file, log, options, warnings } = await setUp(flags, context);
  const loaded = await loadConfig(options);
  for (const secret of loaded.config.secrets) redactor.add(secret);
  for (const warning of [...warnings, ...loaded.config.warnings]) people.tell(`warning: ${warning}`);
  await log.flush();
  return { config: loaded.config, manifests: loaded.collection.manifests, file };
}
