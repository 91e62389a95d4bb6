export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** One log method: a message, or fields and a message. */
export interface LogMethod {
  (message: string): void;
  (fields: object, message?: string): void;
}

/** The logger every part gets: the subset of a pino logger that the router relies on. */
export interface Logger {
  readonly trace: LogMethod;
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  readonly fatal: LogMethod;
  /** Whether records of `level` go anywhere; ask before building an expensive record. */
  isLevelEnabled(level: LogLevel): boolean;
  /** A logger that adds `fields` to every record. */
  child(fields: object): Logger;
}
