import type { LogLevel } from "@mcp-router/core/plugin";

/** All levels, the most talkative first. */
export const LOG_LEVELS: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

export function isLogLevel(text: unknown): text is LogLevel {
  return LOG_LEVELS.some((level) => level === text);
}

/** Whether records of `level` pass when `least` is the least level that is written. */
export function passes(level: LogLevel, least: LogLevel): boolean {
  return level !== "silent" && LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least);
}
