import { composeRootSchema, loadConfig, RouterError } from "@mcp-router/core";
import type { LoadedManifest } from "@mcp-router/core";
import { Command } from "commander";

import type { Flags } from "../arguments/flags.ts";
import type { CommandContext } from "../command-context.ts";
import { setUp } from "../setup.ts";
import { addFlagOptions, readFlags } from "./flag-options.ts";

/** Enough to be valid: what the plugins are does not depend on it. */
const PLACEHOLDER = "wss://localhost";

export function configSchemaCommand(context: CommandContext): Command {
  return addFlagOptions(new Command("schema"))
    .description("print the JSON Schema of configuration files, for editors")
    .action(async (_options: unknown, command: Command) => {
      const schema = composeRootSchema(await manifestsFor(readFlags(command), context));
      context.stdout.stdout.write(`${JSON.stringify(schema, undefined, 2)}\n`);
    });
}

/**
 * The plugins of the configuration, or the standard ones while there is none that could be loaded: a schema is wanted
 * most by whoever is still writing the file.
 */
async function manifestsFor(flags: Flags, context: CommandContext): Promise<readonly LoadedManifest[]> {
  try {
    const { options } = await setUp(flags, context);
    return (await loadConfig(options)).collection.manifests;
  } catch (error) {
    // What was named must be there; what was only found, or not found, need not.
    if (!RouterError.is(error) || flags.config !== undefined || flags.plugins.length > 0) throw error;
    const { options } = await setUp(
      { plugins: [], set: [], quiet: true, url: PLACEHOLDER },
      { ...context, env: {}, workingDirectory: "/" },
    );
    return (await loadConfig(options)).collection.manifests;
  }
}
