import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

import type { LoadOptions } from "@mcp-router/core";
import type { LogLevel } from "@mcp-router/core/plugin";

import type { Flags } from "./arguments/flags.ts";
import type { CommandContext } from "./command-context.ts";
import { loadConfigLayers } from "./config-file/load-config-layers.ts";
import { logDestination } from "./log/log-destination.ts";
import { logSettingsOf } from "./log/log-settings-of.ts";
import type { LogSettings } from "./log/log-settings.ts";
import { Log } from "./log/log.ts";
import { importModule } from "./modules/import-module.ts";

export interface Setup {
  /** What core needs to load the configuration and its plugins. */
  readonly options: LoadOptions;
  readonly log: Log;
  readonly logSettings: LogSettings;
  /** The configuration file in use. */
  readonly file: string | undefined;
  readonly discovered: boolean;
  readonly warnings: readonly string[];
  /** Takes a secret out of everything that is said from now on. */
  readonly onSecret: (secret: string) => void;
  /** What to say once the secrets of the configuration are known. */
  readonly secretWarning: () => string | undefined;
}

interface SetupOptions {
  /** The level of the log where nobody says one. */
  readonly usualLogLevel?: LogLevel;
}

/** Reads the flags and the configuration file, and opens the log that they ask for. */
export async function setUp(
  flags: Flags,
  context: CommandContext,
  { usualLogLevel }: SetupOptions = {},
): Promise<Setup> {
  const { env, redactor, workingDirectory } = context;
  const { layers, file, discovered, warnings, writtenSecrets } = await loadConfigLayers(flags, context);
  const logSettings = logSettingsOf({
    flags,
    layers,
    env,
    workingDirectory,
    isTerminal: process.stderr.isTTY,
    usualLevel: usualLogLevel,
  });
  const log = new Log(logSettings, redactor, logDestination(logSettings.output, context.stderr));
  const onSecret = (secret: string): void => {
    redactor.add(secret);
    writtenSecrets?.note(secret);
  };
  return {
    options: {
      config: layers,
      plugins: flags.plugins,
      log: log.logger,
      env,
      baseDirectory: workingDirectory,
      importModule,
      // The preset and the standard plugins are installed with this command, perhaps nowhere else.
      packageDirectories: [dirname(fileURLToPath(import.meta.url))],
      onSecret,
    },
    log,
    logSettings,
    file,
    discovered,
    warnings,
    onSecret,
    secretWarning: () => writtenSecrets?.warning,
  };
}
