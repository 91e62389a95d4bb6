import type { Execution, LedgerEntry } from "./ledger-entry.ts";

/** What a request did wrong, by the names of the invariants. */
export function breaches(entry: LedgerEntry): string[] {
  const request = JSON.stringify(entry.nonce);
  return [...answersOf(entry), ...executionsOf(entry), ...claimsOf(entry)].map(
    ([invariant, said]) => `${invariant}: request ${request} ${said}`,
  );
}

type Breach = readonly [invariant: string, said: string];

/** I1: one answer, or at most one to a cancelled request. */
function answersOf({ timesSent, cancelled, answers }: LedgerEntry): Breach[] {
  const breaches: Breach[] = [];
  if (timesSent > 1) breaches.push(["I1", `was sent ${timesSent} times under one nonce: the test is wrong`]);
  if (timesSent === 0 && answers.length > 0) breaches.push(["I1", "was answered, and never sent"]);
  if (timesSent > 0 && answers.length === 0 && !cancelled) breaches.push(["I1", "was never answered"]);
  if (answers.length > 1) {
    breaches.push(["I1", `was answered ${answers.length} times: ${answers.map(inWords).join(", ")}`]);
  }
  return breaches;
}

/** I2: what acts runs at most once, and nothing runs that nobody has sent. */
function executionsOf({ timesSent, acts, executions }: LedgerEntry): Breach[] {
  if (timesSent === 0 && executions.length > 0) return [["I2", `was run (${where(executions)}), and never sent`]];
  if (acts === true && executions.length > 1) {
    return [["I2", `acts, and was run ${executions.length} times (${where(executions)})`]];
  }
  return [];
}

/** I3, I4, I5: what the answers claim. */
function claimsOf({ nonce, acts, executions, answers }: LedgerEntry): Breach[] {
  const runs = executions.length;
  return answers.flatMap((answer): Breach[] => {
    if ("result" in answer) {
      return answer.result === nonce ? [] : [["I3", `got the result of ${JSON.stringify(answer.result)}`]];
    }
    const { outcome } = answer;
    if ((outcome === "not_sent" || outcome === "not_executed") && runs > 0) {
      return [["I4", `was called ${outcome}, and was run (${where(executions)})`]];
    }
    if (outcome === "unknown" && acts === true && runs > 1) {
      return [["I5", `was called unknown, and was run ${runs} times (${where(executions)})`]];
    }
    return [];
  });
}

function inWords(answer: LedgerEntry["answers"][number]): string {
  return "result" in answer ? `result ${JSON.stringify(answer.result)}` : answer.outcome;
}

function where(executions: readonly Execution[]): string {
  return executions.map(({ method, connection }) => `${method} on connection ${connection}`).join(", ");
}
