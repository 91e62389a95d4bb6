import { expect, test } from "vitest";

import { FAULT_SETTINGS } from "../faults/fault-settings.ts";
import { faultLines } from "./fault-lines.ts";
import { readFault } from "./read-fault.ts";

test.each([
  ["twice", { fault: "twice" }],
  ["restart:every=30s,down=2s", { fault: "restart", everyMs: 30_000, downMs: 2000 }],
  ["restart:every=1.5m,how=close,refuse=503", { fault: "restart", everyMs: 90_000, how: "close", refuse: "503" }],
  ["drip:chance=0.5,bytes=3,gap=20ms", { fault: "drip", chance: 0.5, bytes: 3, gapMs: 20 }],
  ["serial:call=20", { fault: "serial", callMs: 20 }],
  ["forget:code=-32600", { fault: "forget", code: -32_600 }],
])("%s is read", (text, options) => {
  expect(readFault(text)).toEqual(options);
});

test.each([
  ["restrat:every=1s", /^there is no fault restrat; there are restart, forget, /],
  ["restart:evry=1s", "restart has no setting evry; it has every, chance, down, how, refuse"],
  ["restart:every", "every is not of the form setting=value"],
  ["restart:", " is not of the form setting=value"],
  ["restart:down=soon", "down of restart must be a time of at most 24 days, not soon"],
  ["restart:every=1h", "every of restart must be a time from 1 ms to 24 days, not 1h"],
  ["twice:chance=2", "chance of twice must be a probability from 0 to 1, not 2"],
  ["twice:chance=1s", "chance of twice must be a probability from 0 to 1, not 1s"],
  ["twice:chance=0.1,chance=0.2", "chance is given twice"],
  ["twice:toString=1", "twice has no setting toString; it has chance, after"],
])("%s is refused in words", (text, problem) => {
  const expected = typeof problem === "string" ? problem : expect.stringMatching(problem);
  expect(readFault(text)).toEqual({ problem: expected });
});

test("the help names every fault", () => {
  for (const fault of Object.keys(FAULT_SETTINGS)) expect(faultLines()).toContain(`  ${fault} `);
  expect(faultLines()).toContain("restart          every, chance, down, how, refuse");
});
