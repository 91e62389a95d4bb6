import { RouterError } from "./router-error.ts";

/** What kind of fault a {@link ConfigIssue} is. Stable. */
export type ConfigIssueCode =
  | "UNKNOWN_KEY"
  | "MISSING_KEY"
  | "WRONG_TYPE"
  | "WRONG_VALUE"
  | "CONFLICT"
  | "INSECURE"
  | "DUPLICATE_PLUGIN"
  | "UNKNOWN_SCHEME"
  | "UNKNOWN_AUTH_TYPE"
  | "BAD_REFERENCE"
  | "MISSING_VARIABLE"
  | "UNREADABLE_FILE"
  | "PLUGIN_NOT_LOADED"
  | "PLUGIN_NOT_BUILT"
  | "NOT_AVAILABLE";

/** One fault of a configuration. */
export interface ConfigIssue {
  readonly code: ConfigIssueCode;
  /** The key at fault: `gateway.connection.timeout_ms`. */
  readonly key: string;
  /** A sentence that names the key, what is wrong, and what to do. Never holds a secret. */
  readonly message: string;
  /** Which layer wrote the value: a file, `--url`, an environment variable. */
  readonly origin: string;
  readonly file?: string | undefined;
  /** From 1, like `column`. Known when the layer can locate its keys. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /** What was expected, in words. */
  readonly expected?: string | undefined;
  /** The nearest valid key or value. */
  readonly suggestion?: string | undefined;
}

/** Every fault of a configuration at once. Code `CONFIG_INVALID`. */
export class ConfigError extends RouterError {
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[]) {
    super("CONFIG_INVALID", describeIssues(issues), { phase: "options" });
    this.issues = issues;
  }
}

function describeIssues(issues: readonly ConfigIssue[]): string {
  const lines = issues.map((issue) => `${placeOf(issue)}: ${issue.message}`);
  if (lines.length === 1) return lines.join("");
  return [`The configuration has ${issues.length} faults:`, ...lines.map((line) => `  ${line}`)].join("\n");
}

function placeOf(issue: ConfigIssue): string {
  if (issue.file === undefined) return issue.origin;
  if (issue.line === undefined) return issue.file;
  return `${issue.file}:${issue.line}:${issue.column ?? 1}`;
}
