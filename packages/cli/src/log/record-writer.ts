import { pino } from "pino";

import { escapeJsonLine } from "./escape-controls.ts";
import type { LogRecord } from "./log-record.ts";
import type { LogSettings } from "./log-settings.ts";
import { describeError } from "./describe-error.ts";
import type { Redactor } from "@mcp-router/core";

/**
 * Makes the function that turns records into lines. This module brings pino with it: import it when the first record
 * is to be written.
 */
export async function createRecordWriter(
  settings: LogSettings,
  redactor: Redactor,
  write: (line: string) => void,
): Promise<(record: LogRecord) => void> {
  const render = settings.format === "pretty" ? await prettyRenderer() : escapeJsonLine;
  const withStack = settings.level === "debug" || settings.level === "trace";
  let time = 0;
  const logger = pino(
    {
      level: "trace",
      base: { pid: process.pid },
      // The time of the call: a record may have waited for this module.
      timestamp: () => `,"time":"${new Date(time).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => describeError(error, withStack) },
    },
    { write: (line) => write(render(redactor.redact(line))) },
  );
  return (record) => {
    time = record.time;
    logger[record.level](record.fields, record.message);
  };
}

async function prettyRenderer(): Promise<(line: string) => string> {
  const { prettyRendererOf } = await import("./pretty-renderer.ts");
  return prettyRendererOf(process.stderr.isTTY);
}
