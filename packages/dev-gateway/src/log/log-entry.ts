/** How important a log entry is. */
export type LogLevel = "error" | "warn" | "info" | "debug";

/** One line of the gateway's log. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly message: string;
  /** The session it concerns. */
  readonly session?: string;
  /** `stderr` when the line was written by the MCP server behind the session. */
  readonly origin?: "stderr";
}

/** Receives log entries one by one. */
export type LogSink = (entry: LogEntry) => void;
