import { messageOf } from "../host/tap-faults.ts";
import type { Logger, LogMethod } from "../plugin/logger.ts";

/** Passes a log on, and keeps what is warned of: a test shows it beside the step during which it was said. */
export class WarningCollector {
  #warnings: string[] = [];
  readonly logger: Logger;

  constructor(log: Logger) {
    this.logger = this.#around(log);
  }

  /** What {@link WarningCollector.take} would give. */
  get waiting(): readonly string[] {
    return this.#warnings;
  }

  /** What was warned of since the last call. */
  take(): readonly string[] {
    const warnings = this.#warnings;
    this.#warnings = [];
    return warnings;
  }

  #around(log: Logger): Logger {
    const keeping = (method: LogMethod): LogMethod => {
      return (first: string | object, message?: string): void => {
        this.#warnings.push(typeof first === "string" ? first : (message ?? messageOf(first)));
        if (typeof first === "string") method(first);
        else method(first, message);
      };
    };
    return {
      trace: log.trace.bind(log),
      debug: log.debug.bind(log),
      info: log.info.bind(log),
      warn: keeping(log.warn.bind(log)),
      error: keeping(log.error.bind(log)),
      fatal: log.fatal.bind(log),
      isLevelEnabled: log.isLevelEnabled.bind(log),
      child: (fields) => this.#around(log.child(fields)),
    };
  }
}
