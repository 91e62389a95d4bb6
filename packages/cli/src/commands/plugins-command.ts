import { PassThrough } from "node:stream";

import { createRouter } from "@mcp-router/core";
import type { Router } from "@mcp-router/core";
import { Command } from "commander";

import type { CommandContext } from "../command-context.ts";
import { escapeControls } from "../log/escape-controls.ts";
import { renderTable } from "../output/table.ts";
import { setUp } from "../setup.ts";
import { addFlagOptions, readFlags } from "./flag-options.ts";

interface PluginsOptions {
  readonly hooks?: true;
  readonly json?: true;
}

export function pluginsCommand(context: CommandContext): Command {
  return addFlagOptions(new Command("plugins"))
    .description("print the plugins that a run would load, from where, and because of what")
    .option("--hooks", "print what they tap instead, in the order it runs")
    .option("--json", "print {plugins, hooks} as JSON")
    .action(async (options: PluginsOptions, command: Command) => {
      const { log, options: routerOptions, warnings } = await setUp(readFlags(command), context);
      for (const warning of warnings) log.logger.warn(warning);
      const router = await createRouter({ ...routerOptions, stdin: new PassThrough(), stdout: new PassThrough() });
      try {
        context.stdout.stdout.write(render(router, options));
      } finally {
        await router.stop("now");
        await log.flush();
      }
    });
}

function render({ hooks, plugins }: Router, options: PluginsOptions): string {
  if (options.json === true) return `${JSON.stringify({ plugins, hooks }, undefined, 2)}\n`;
  if (options.hooks === true) {
    return table(
      ["HOOK", "STAGE", "PLUGIN"],
      hooks.map(({ hook, plugin, stage }) => [hook, stage, plugin]),
    );
  }
  const rows = plugins.map(({ because, from, id, version }) => [id, version ?? "-", because, from]);
  return table(["PLUGIN", "VERSION", "BECAUSE", "FROM"], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return renderTable([head, ...rows.map((row) => row.map(escapeControls))]);
}
