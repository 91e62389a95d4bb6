import type { Logger, LogMethod } from "../plugin/logger.ts";

export interface LogRecord {
  readonly level: string;
  readonly fields: object;
  readonly message: string;
}

/** A logger that keeps what it is told. */
export class RecordingLogger implements Logger {
  readonly records: LogRecord[];
  readonly #fields: object;
  readonly trace = this.#method("trace");
  readonly debug = this.#method("debug");
  readonly info = this.#method("info");
  readonly warn = this.#method("warn");
  readonly error = this.#method("error");
  readonly fatal = this.#method("fatal");

  constructor(records: LogRecord[] = [], fields: object = {}) {
    this.records = records;
    this.#fields = fields;
  }

  isLevelEnabled(): boolean {
    return true;
  }

  child(fields: object): Logger {
    return new RecordingLogger(this.records, { ...this.#fields, ...fields });
  }

  /** The messages of one level. */
  of(level: string): readonly string[] {
    return this.records.filter((record) => record.level === level).map(({ message }) => message);
  }

  #method(level: string): LogMethod {
    return (first: string | object, message?: string) => {
      const fields = typeof first === "string" ? {} : first;
      const text = typeof first === "string" ? first : (message ?? "");
      this.records.push({ level, fields: { ...this.#fields, ...fields }, message: text });
    };
  }
}
