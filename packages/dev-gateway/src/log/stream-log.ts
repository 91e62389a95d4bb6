import type { Writable } from "node:stream";

import type { LogLevel, LogSink } from "./log-entry.ts";
import { printable } from "./printable.ts";

const ORDER: readonly LogLevel[] = ["error", "warn", "info", "debug"];

/** Writes entries to a stream, one line each: `[s1 stderr] text`. */
export function streamLog(stream: Writable, least: LogLevel = "info"): LogSink {
  const shown = new Set(ORDER.slice(0, ORDER.indexOf(least) + 1));
  return (entry) => {
    if (!shown.has(entry.level)) return;
    const origin = [entry.session, entry.origin].filter((part) => part !== undefined).join(" ");
    const level = entry.level === "error" || entry.level === "warn" ? `${entry.level}: ` : "";
    stream.write(`${origin === "" ? "" : `[${origin}] `}${level}${printable(entry.message)}\n`);
  };
}
