import { describe, expect, it } from "vitest";

import { Ledger } from "./ledger.ts";
import type { LedgerAnswer } from "./ledger-entry.ts";

interface Story {
  readonly acts?: boolean;
  readonly sent?: number;
  readonly runs?: number;
  readonly answers?: readonly LedgerAnswer[];
  readonly cancelled?: boolean;
}

/** A book with one request in it. */
function tell({ acts = true, sent = 1, runs = 0, answers = [], cancelled = false }: Story): Ledger {
  const ledger = new Ledger();
  for (let time = 0; time < sent; time++) ledger.sent({ nonce: 7, acts });
  for (let run = 1; run <= runs; run++) ledger.executed({ nonce: 7, connection: run, method: "tools/call" });
  for (const answer of answers) ledger.answered(7, answer);
  if (cancelled) ledger.cancelled(7);
  return ledger;
}

const RESULT: LedgerAnswer = { result: 7 };

describe("what is right has no violations", () => {
  it.each<readonly [string, Story]>([
    ["a result of its own", { runs: 1, answers: [RESULT] }],
    ["not sent, not run", { answers: [{ outcome: "not_sent" }] }],
    ["refused, not run", { answers: [{ outcome: "not_executed" }] }],
    ["unknown, not run", { answers: [{ outcome: "unknown" }] }],
    ["unknown, run once", { runs: 1, answers: [{ outcome: "unknown" }] }],
    ["executed", { runs: 1, answers: [{ outcome: "executed" }] }],
    ["a read that was run three times", { acts: false, runs: 3, answers: [RESULT] }],
    ["a read that is unknown after two runs", { acts: false, runs: 2, answers: [{ outcome: "unknown" }] }],
    ["cancelled and never answered", { runs: 1, cancelled: true }],
    ["cancelled and answered all the same", { runs: 1, cancelled: true, answers: [RESULT] }],
  ])("%s", (_name, story) => {
    expect(tell(story).violations()).toEqual([]);
  });
});

describe("each breach is one sentence", () => {
  it.each<readonly [string, Story]>([
    ["I1: request 7 was never answered", { runs: 1 }],
    ["I1: request 7 was answered 2 times: result 7, unknown", { runs: 1, answers: [RESULT, { outcome: "unknown" }] }],
    ["I1: request 7 was answered 2 times: result 7, result 7", { cancelled: true, answers: [RESULT, RESULT] }],
    ["I1: request 7 was answered, and never sent", { sent: 0, answers: [RESULT] }],
    ["I1: request 7 was sent 2 times under one nonce: the test is wrong", { sent: 2, answers: [RESULT] }],
    ["I2: request 7 was run (tools/call on connection 1), and never sent", { sent: 0, runs: 1 }],
    [
      "I2: request 7 acts, and was run 2 times (tools/call on connection 1, tools/call on connection 2)",
      { runs: 2, answers: [RESULT] },
    ],
    ["I3: request 7 got the result of 8", { runs: 1, answers: [{ result: 8 }] }],
    ['I3: request 7 got the result of "7"', { runs: 1, answers: [{ result: "7" }] }],
    [
      "I4: request 7 was called not_sent, and was run (tools/call on connection 1)",
      { runs: 1, answers: [{ outcome: "not_sent" }] },
    ],
    [
      "I4: request 7 was called not_executed, and was run (tools/call on connection 1)",
      { acts: false, runs: 1, answers: [{ outcome: "not_executed" }] },
    ],
  ])("%s", (sentence, story) => {
    expect(tell(story).violations()).toEqual([sentence]);
  });

  it("a call that is unknown after two runs breaks two invariants", () => {
    expect(tell({ runs: 2, answers: [{ outcome: "unknown" }] }).violations()).toEqual([
      expect.stringMatching(/^I2: /),
      "I5: request 7 was called unknown, and was run 2 times (tools/call on connection 1, tools/call on connection 2)",
    ]);
  });
});

it("the summary counts requests, and its parts make up what was sent", () => {
  const ledger = new Ledger();
  const stories: readonly (readonly [LedgerAnswer | undefined, number])[] = [
    [{ result: 0 }, 1],
    [{ result: 1 }, 2],
    [{ outcome: "executed" }, 1],
    [{ outcome: "not_sent" }, 0],
    [{ outcome: "not_executed" }, 0],
    [{ outcome: "unknown" }, 1],
    [{ outcome: "unknown" }, 0],
    [undefined, 1],
    [undefined, 0],
  ];
  for (const [nonce, [answer, runs]] of stories.entries()) {
    ledger.sent({ nonce, acts: true });
    for (let run = 0; run < runs; run++) ledger.executed({ nonce, connection: 1, method: "tools/call" });
    if (answer !== undefined) ledger.answered(nonce, answer);
  }
  ledger.cancelled(8);
  expect(ledger.summary()).toEqual({
    sent: 9,
    answered: 3,
    not_sent: 1,
    not_executed: 1,
    unknown: 2,
    executed: 5,
    duplicates: 1,
    lost: 1,
    cancelled: 1,
  });
  expect(ledger.print()).toBe(
    "sent 9, answered 3, not_sent 1, not_executed 1, unknown 2, executed 5, duplicates 1, lost 1, cancelled 1",
  );
});
