import { resolve } from "node:path";

import type { ConfigLayer } from "@mcp-router/core";

import type { CommandContext } from "../command-context.ts";
import { flagLayers } from "../arguments/flag-layers.ts";
import type { Flags } from "../arguments/flags.ts";
import { importModule } from "../modules/import-module.ts";
import { checkFileMode } from "./check-file-mode.ts";
import { ConfigFileError } from "./config-file-error.ts";
import { isStartedByClaude } from "./is-started-by-claude.ts";
import { parseConfigFile, readConfigText } from "./read-config-file.ts";
import type { ConfigFileText } from "./read-config-file.ts";
import { WrittenSecrets } from "./written-secrets.ts";

export interface LoadedLayers {
  /** Lowest first. */
  readonly layers: readonly ConfigLayer[];
  /** The file among them. */
  readonly file: string | undefined;
  /** Found in or above the working directory, not named by anybody. */
  readonly discovered: boolean;
  readonly warnings: readonly string[];
  /** Looks for secrets in the file, when others can read it. */
  readonly writtenSecrets: WrittenSecrets | undefined;
}

/**
 * Reads the configuration file, the named one or the one that is found, and puts the flags above it. A file that was
 * found in a project is used under Claude only when the user trusts it.
 */
export async function loadConfigLayers(flags: Flags, context: CommandContext): Promise<LoadedLayers> {
  const { workingDirectory } = context;
  const fromFlags = flagLayers(flags, workingDirectory);
  const source = await findSource(flags, context);
  if (source === undefined) {
    // Flags can say everything: --url alone is a configuration.
    if (fromFlags.length > 0) return { ...NO_FILE, layers: fromFlags };
    throw new ConfigFileError("there is no configuration, here or above or in your configuration directory", {
      file: workingDirectory,
      hint: 'Write mcp-router.yaml with "gateway:" and its "url:", or name one with --config FILE, or give --url URL.',
    });
  }
  const { file, text } = source.text;
  const [layer, { readableByOthers, warnings }] = await Promise.all([
    parseConfigFile(source.text, importModule),
    checkFileMode(file),
  ]);
  return {
    layers: [layer, ...fromFlags],
    file,
    discovered: source.discovered,
    warnings,
    writtenSecrets: readableByOthers ? new WrittenSecrets(file, text) : undefined,
  };
}

const NO_FILE = { file: undefined, discovered: false, warnings: [], writtenSecrets: undefined } as const;

interface Source {
  readonly text: ConfigFileText;
  readonly discovered: boolean;
}

async function findSource(flags: Flags, context: CommandContext): Promise<Source | undefined> {
  const { env, workingDirectory } = context;
  if (flags.config !== undefined) {
    return { text: await readConfigText(resolve(workingDirectory, flags.config)), discovered: false };
  }
  const { findConfigFile } = await import("./find-config-file.ts");
  const found = await findConfigFile(workingDirectory, env);
  if (found === undefined) return undefined;
  const text = await readConfigText(found.path);
  if (found.scope !== "project") return { text, discovered: false };
  if (isStartedByClaude(env)) {
    const { requireTrust } = await import("../trust/require-trust.ts");
    await requireTrust(text, env);
  }
  return { text, discovered: true };
}
