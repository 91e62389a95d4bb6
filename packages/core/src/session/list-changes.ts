import type { Clock } from "../clock.ts";
import type { Lane } from "../lane/lane.ts";

/** Gateway sessions hear of one change within this time of each other. */
const TOGETHER_MS = 1000;

interface Told {
  at: number;
  readonly by: Set<Lane>;
}

/** Whether one of these sessions still stands: what a lost one has said is no echo of what its successor says. */
function isHeard(lanes: ReadonlySet<Lane>): boolean {
  for (const lane of lanes) if (!lane.lost) return true;
  return false;
}

/**
 * Merges what several gateway sessions say about one change. The first one is passed on; the others follow with the same
 * news, each once. A session that says it a second time speaks of another change.
 */
export class ListChanges {
  readonly #clock: Clock;
  readonly #told = new Map<string, Told>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the client has just been told of this by another session. */
  isEcho(method: string, lane: Lane): boolean {
    const now = this.#clock.now();
    const told = this.#told.get(method);
    if (told !== undefined && now - told.at < TOGETHER_MS && !told.by.has(lane) && isHeard(told.by)) {
      told.by.add(lane);
      return true;
    }
    this.#told.set(method, { at: now, by: new Set([lane]) });
    return false;
  }
}
