import type { Lane } from "../lane/lane.ts";
import type { Connection } from "./connection.ts";

/** The lane with the fewest open requests of those that can take one; the home where it makes no difference. */
export function leastLoaded(home: Lane | undefined, others: Iterable<Connection>): Lane | undefined {
  let best = home;
  for (const { lane, retiring } of others) {
    if (lane?.ready !== true || retiring) continue;
    if (best === undefined || lane.load < best.load) best = lane;
  }
  return best;
}
