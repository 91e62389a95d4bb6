import { isDeepStrictEqual } from "node:util";

import type { ScenarioPart } from "../scenario-context.ts";

const TOOL = "trigger-long-running-operation";

/**
 * Calls that report progress, one and several at a time.
 *
 * The SDKs hand progress to the application a turn later than answers: events that arrive in one read with the answer
 * are lost there, with or without a router. So of what the application sees, only the first event is recorded, and the
 * others have to follow in order. The comparison of messages has them all.
 */
export const watchProgress: ScenarioPart = async ({ client, step }) => {
  const call = async (duration: number, steps: number) => {
    const events: unknown[] = [];
    const result = await client.callTool(TOOL, { duration, steps }, { onProgress: (event) => events.push(event) });
    const expected = events.map((_, index) => ({ progress: index + 1, total: steps }));
    if (!isDeepStrictEqual(events, expected)) throw new Error(`progress out of order: ${JSON.stringify(events)}`);
    return { firstEvent: events[0], result };
  };
  await step("a call with progress", () => call(0.6, 3));
  await step("calls with progress at the same time", () => Promise.all([call(0.5, 2), call(0.6, 3), call(0.5, 20)]));
  await step("a call without progress", () => client.callTool(TOOL, { duration: 0.05, steps: 2 }));
};
