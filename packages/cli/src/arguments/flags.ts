import type { LogLevel } from "@mcp-router/core/plugin";

/** The flags that decide what is routed where; every command that reads the configuration takes them. */
export interface Flags {
  /** `--config`, as written. */
  readonly config?: string;
  /** `--plugin`, each as written. */
  readonly plugins: readonly string[];
  readonly url?: string;
  /** `--set`, each as written: `key=value`. */
  readonly set: readonly string[];
  readonly logLevel?: LogLevel;
  readonly quiet: boolean;
}
