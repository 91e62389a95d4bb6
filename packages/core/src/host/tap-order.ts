import { STAGES, type Stage } from "../plugin/hooks.ts";

export interface OrderedTap {
  readonly plugin: string;
  readonly stage: Stage;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** The `before` and `after` of some taps contradict each other, or name a plugin that is not there. */
export class TapOrderError extends Error {
  readonly plugin: string;

  constructor(plugin: string, message: string) {
    super(message);
    this.name = "TapOrderError";
    this.plugin = plugin;
  }
}

/**
 * Sorts the taps of one hook: by stage, then by the order they came in, then as little as needed for `before` and `after`.
 *
 * @param plugins Every plugin that is loaded: a name outside it is a mistake, not a wish to ignore.
 * @throws TapOrderError naming the unknown plugin, or the cycle.
 */
export function orderTaps<T extends OrderedTap>(taps: readonly T[], plugins: ReadonlySet<string>): readonly T[] {
  for (const tap of taps) {
    const unknown = [...tap.before, ...tap.after].find((name) => !plugins.has(name));
    if (unknown !== undefined) {
      throw new TapOrderError(tap.plugin, `before/after names "${unknown}", and no plugin of that name is loaded`);
    }
  }
  return STAGES.flatMap((stage) => orderStage(taps.filter((tap) => tap.stage === stage)));
}

function orderStage<T extends OrderedTap>(taps: readonly T[]): readonly T[] {
  const waiting = [...taps];
  const ordered: T[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex((tap) => !waiting.some((other) => other !== tap && mustPrecede(other, tap)));
    if (next < 0) {
      const cycle = cycleIn(waiting);
      throw new TapOrderError(cycle[0] ?? "", `before/after form a cycle: ${cycle.join(" before ")}`);
    }
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
}

/** Plugins that each must run before the next, the last one being the first again. Every tap of `taps` waits for another. */
function cycleIn(taps: readonly OrderedTap[]): readonly string[] {
  const path: OrderedTap[] = [];
  let at = taps[0];
  while (at !== undefined && !path.includes(at)) {
    path.unshift(at);
    const waits = at;
    at = taps.find((other) => mustPrecede(other, waits));
  }
  const plugins = path.map(({ plugin }) => plugin);
  const first = at === undefined ? plugins : plugins.slice(0, path.indexOf(at) + 1);
  return [...(at === undefined ? [] : [at.plugin]), ...first];
}

function mustPrecede(first: OrderedTap, second: OrderedTap): boolean {
  if (first.plugin === second.plugin) return false;
  return first.before.includes(second.plugin) || second.after.includes(first.plugin);
}
