import type { ConfigDescription } from "@mcp-router/core";
import type { JsonValue } from "@mcp-router/core/plugin";
import { Command } from "commander";

import type { CommandContext } from "../command-context.ts";
import { escapeControls } from "../log/escape-controls.ts";
import { renderTable } from "../output/table.ts";
import { addFlagOptions, readFlags } from "./flag-options.ts";
import { loadEffectiveConfig } from "./load-effective-config.ts";

export function configShowCommand(context: CommandContext): Command {
  return addFlagOptions(new Command("show"))
    .description("print the configuration in effect and where each value comes from; secrets are redacted")
    .option("--json", "print {config, origins} as JSON")
    .action(async (options: { readonly json?: true }, command: Command) => {
      const { config } = await loadEffectiveConfig(readFlags(command), context);
      const description = config.toJSON();
      const text = options.json === true ? `${JSON.stringify(description, undefined, 2)}\n` : renderConfig(description);
      context.stdout.stdout.write(context.redactor.redact(text));
    });
}

/** One line for each value: key, value as JSON, origin. */
function renderConfig({ config, origins }: ConfigDescription): string {
  const rows = leavesOf(config, "").map(({ key, value }) => {
    return [
      escapeControls(key),
      escapeControls(JSON.stringify(value)),
      `# ${escapeControls(origins[key] ?? "default")}`,
    ];
  });
  return renderTable(rows);
}

interface Leaf {
  readonly key: string;
  readonly value: JsonValue;
}

function leavesOf(value: JsonValue, key: string): readonly Leaf[] {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return [{ key, value }];
  return Object.entries(value).flatMap(([name, member]) => leavesOf(member, keyBelow(key, name)));
}

// The spelling of the keys in `origins`.
function keyBelow(key: string, name: string): string {
  if (/^\d+$/.test(name)) return `${key}[${name}]`;
  if (!/^[A-Za-z_$][\w$-]*$/.test(name)) return `${key}[${JSON.stringify(name)}]`;
  return key === "" ? name : `${key}.${name}`;
}
