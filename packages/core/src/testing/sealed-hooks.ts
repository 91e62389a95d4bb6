import { HookSet, type SealedHooks } from "../host/hook-set.ts";
import type { TapFault } from "../host/tap-faults.ts";
import type { Hooks } from "../plugin/hooks.ts";

/** Taps by plugin name, sealed; the faults of taps are collected in `faults`. */
export function sealedHooks(
  plugins: { readonly [plugin: string]: (hooks: Hooks) => void },
  faults: TapFault[] = [],
  now: () => number = () => 0,
): SealedHooks {
  const hookSet = new HookSet();
  for (const [name, apply] of Object.entries(plugins)) apply(hookSet.for(name, { before: [], after: [] }));
  return hookSet.seal(new Set(Object.keys(plugins)), (fault) => void faults.push(fault), now);
}
