import { RouterError } from "../errors/router-error.ts";

/** The steps between a name in the configuration and a running plugin. */
export type LoadPhase = "resolve" | "import" | "shape" | "api" | "options" | "order" | "apply" | "start";

export interface PluginFailure {
  readonly plugin: string;
  readonly phase: LoadPhase;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** One plugin or several could not be loaded. All failures that could be found are in `failures` and in the message. */
export class PluginLoadError extends RouterError {
  readonly failures: readonly PluginFailure[];

  constructor(failures: readonly PluginFailure[]) {
    const [first] = failures;
    super(`PLUGIN_${(first?.phase ?? "start").toUpperCase()}`, failures.map(describe).join("\n"), {
      plugin: first?.plugin,
      phase: first?.phase,
      hint: first?.hint,
      cause: first?.cause,
    });
    this.failures = failures;
  }

  static override is(value: unknown): value is PluginLoadError {
    return RouterError.is(value) && "failures" in value;
  }
}

function describe(failure: PluginFailure): string {
  const text = `plugin ${failure.plugin} (${failure.phase}): ${failure.message}`;
  return failure.hint === undefined ? text : `${text}\n  ${failure.hint}`;
}
