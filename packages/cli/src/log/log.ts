import type { Logger, LogLevel, LogMethod } from "@mcp-router/core/plugin";

import type { BoundedWriter } from "./bounded-writer.ts";
import { passes } from "./log-level.ts";
import type { LogRecord } from "./log-record.ts";
import type { LogSettings } from "./log-settings.ts";
import type { Redactor } from "@mcp-router/core";

const MOST_QUEUED = 1_000;

/**
 * The log of the process. pino is imported when the first record passes the level, so a start that has nothing to say
 * does not pay for it; records wait in a short queue meanwhile.
 */
export class Log {
  readonly #settings: LogSettings;
  readonly #redactor: Redactor;
  readonly #writer: BoundedWriter;
  readonly #queue: LogRecord[] = [];
  #dropped = 0;
  #loading: Promise<void> | undefined;
  #write: ((record: LogRecord) => void) | undefined;

  readonly logger: Logger;

  constructor(settings: LogSettings, redactor: Redactor, writer: BoundedWriter) {
    this.#settings = settings;
    this.#redactor = redactor;
    this.#writer = writer;
    this.logger = this.#loggerWith({});
  }

  /** Settles when every record so far was written, or can never be. */
  async flush(): Promise<void> {
    await this.#loading;
    await this.#writer.flush();
  }

  #loggerWith(bindings: object): Logger {
    const method = (level: LogRecord["level"]): LogMethod => {
      return (first: string | object, message?: string) => this.#log(level, bindings, first, message);
    };
    return {
      trace: method("trace"),
      debug: method("debug"),
      info: method("info"),
      warn: method("warn"),
      error: method("error"),
      fatal: method("fatal"),
      isLevelEnabled: (level: LogLevel) => passes(level, this.#settings.level),
      child: (fields: object) => this.#loggerWith({ ...bindings, ...fields }),
    };
  }

  #log(level: LogRecord["level"], bindings: object, first: string | object, message: string | undefined): void {
    if (!passes(level, this.#settings.level)) return;
    const own = typeof first === "string" ? {} : first instanceof Error ? { err: first } : first;
    const text = typeof first === "string" ? first : (message ?? (first instanceof Error ? first.message : undefined));
    const record: LogRecord = { time: Date.now(), level, fields: { ...bindings, ...own }, message: text };
    if (this.#write !== undefined) {
      this.#tellDropped(this.#write);
      this.#write(record);
      return;
    }
    if (this.#queue.length < MOST_QUEUED) this.#queue.push(record);
    else this.#dropped += 1;
    this.#loading ??= this.#load();
  }

  async #load(): Promise<void> {
    const { createRecordWriter } = await import("./record-writer.ts");
    const write = await createRecordWriter(this.#settings, this.#redactor, (line) => this.#writer.write(line));
    for (const record of this.#queue.splice(0)) write(record);
    this.#write = write;
  }

  #tellDropped(write: (record: LogRecord) => void): void {
    const dropped = this.#dropped + this.#writer.takeDropped();
    this.#dropped = 0;
    if (dropped === 0) return;
    write({
      time: Date.now(),
      level: "warn",
      fields: { dropped },
      message: "log records were dropped: they were not read in time",
    });
  }
}
