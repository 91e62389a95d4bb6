import type { HookName, TapRecord } from "./hook-set.ts";

/** What a tap did wrong. */
export interface TapFault {
  readonly plugin: string;
  readonly hook: HookName;
  readonly message: string;
  readonly cause: unknown;
}

export type FaultReport = (fault: TapFault) => void;

/** Wraps a tap that only observes: its failure is reported and goes no further. */
export function containObserver<Context>(
  hook: HookName,
  tap: TapRecord<Context, void>,
  report: FaultReport,
): (context: Context) => void {
  return (context) => {
    try {
      tap.run(context);
    } catch (cause) {
      report({ plugin: tap.plugin, hook, message: messageOf(cause), cause });
    }
  };
}

/** The message of anything that was thrown, even if reading it throws again. */
export function messageOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return "a value that cannot be printed";
  }
}
