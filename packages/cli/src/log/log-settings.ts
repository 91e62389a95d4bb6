import type { LogLevel } from "@mcp-router/core/plugin";

/** What the log looks like and where it goes. */
export interface LogSettings {
  readonly level: LogLevel;
  readonly format: "json" | "pretty";
  /** `stderr`, or an absolute path. */
  readonly output: string;
}
