import type { LogLevel } from "@mcp-router/core/plugin";

/** One call of a log method, as it was when it was made. */
export interface LogRecord {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly level: Exclude<LogLevel, "silent">;
  readonly fields: object;
  readonly message: string | undefined;
}
