import type { Hooks, Stage } from "../plugin/hooks.ts";

export type HookName = keyof Hooks;

/** A tap as a plugin registered it. */
export interface TapRecord<Context, Result> {
  readonly plugin: string;
  readonly stage: Stage;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly run: (context: Context) => Result;
}
