import { expect, it } from "vitest";

import { comparable, saidAndReceived } from "../compare.ts";
import { differences } from "../differences.ts";
import { directTarget } from "../targets/direct-target.ts";
import { targets } from "../targets.ts";
import { runModernScenario } from "./run-modern-scenario.ts";

it.each(targets)("the client of 2026-07-28 sees no difference either ($name)", async (target) => {
  const [direct, routed] = await Promise.all([runModernScenario(directTarget), runModernScenario(target)]);

  expect(direct.steps["era"]).toBe("modern");
  expect(direct.steps["the server has seen both end"]).toMatchObject({
    content: [{ text: expect.stringMatching(/^changed for 0, cancelled: \[\d+,"listen:0"\]$/) }],
  });
  expect(differences(comparable(direct), comparable(routed))).toEqual([]);
  const { said, received } = saidAndReceived(routed);
  expect(differences(said, received)).toEqual([]);
});
