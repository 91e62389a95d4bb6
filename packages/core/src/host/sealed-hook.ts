/** The calling side of a hook whose taps only watch. */
export interface WatchHook<Context> {
  isUsed(): boolean;
  call(context: Context): void;
}

/** The calling side of a hook whose first tap that returns something decides. */
export interface BailHook<Context, Result> {
  isUsed(): boolean;
  call(context: Context): Result | undefined;
}

/** The calling side of a hook whose taps run one after the other, each when the one before is done. */
export interface SeriesHook<Context> {
  isUsed(): boolean;
  promise(context: Context): Promise<void>;
}

/** Stands for any hook without taps. */
export const UNUSED_HOOK = {
  isUsed: () => false,
  call: () => undefined,
  promise: () => Promise.resolve(),
} as const satisfies WatchHook<never> & BailHook<never, never> & SeriesHook<never>;
