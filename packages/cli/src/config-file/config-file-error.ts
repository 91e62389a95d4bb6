import { RouterError } from "@mcp-router/core/plugin";

export interface ConfigFilePlace {
  readonly file: string;
  /** From 1, like `column`. */
  readonly line?: number;
  readonly column?: number;
  readonly hint?: string;
  readonly cause?: unknown;
}

/** A configuration file that cannot be read, parsed or used. Code `CONFIG_FILE`. */
export class ConfigFileError extends RouterError {
  readonly file: string;

  constructor(reason: string, place: ConfigFilePlace) {
    const position = place.line === undefined ? "" : `:${place.line}:${place.column ?? 1}`;
    super("CONFIG_FILE", `${place.file}${position}: ${reason}`, {
      hint: place.hint,
      cause: place.cause,
      phase: "config",
    });
    this.file = place.file;
  }
}
