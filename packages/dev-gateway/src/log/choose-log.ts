import type { Writable } from "node:stream";

import type { LogSink } from "./log-entry.ts";
import { streamLog } from "./stream-log.ts";

/** The sink behind the `log` option. */
export function chooseLog(log: LogSink | Writable | undefined): LogSink {
  if (log === undefined) return () => {};
  return typeof log === "function" ? log : streamLog(log);
}
