import { loadConfig } from "@mcp-router/core";

import type { Flags } from "../arguments/flags.ts";
import type { CommandContext } from "../command-context.ts";
import { setUp } from "../setup.ts";

/** The configuration as a run would see it, checked; warnings are told on stderr. @throws ConfigError, PluginLoadError */
export async function loadEffectiveConfig(flags: Flags, context: CommandContext) {
  const { file, log, onSecret, options, secretWarning, warnings } = await setUp(flags, context);
  const loaded = await loadConfig(options);
  for (const secret of loaded.config.secrets) onSecret(secret);
  const all = [...warnings, ...loaded.config.warnings, secretWarning()];
  for (const warning of all) if (warning !== undefined) context.people.tell(`warning: ${warning}`);
  await log.flush();
  return { config: loaded.config, file };
}
