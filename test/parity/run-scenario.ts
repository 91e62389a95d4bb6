import { EVERYTHING_SERVER } from "../support/everything-server.ts";
import { firstAnswers } from "./first-answers.ts";
import type { Launch } from "./launch.ts";
import { NotificationLog } from "./notification-log.ts";
import type { ClientRow } from "./parity-client.ts";
import { type ClientSide, recordRun } from "./record-run.ts";
import type { AnsweredRequest, Recording } from "./recording.ts";
import { scenario } from "./scenario.ts";
import { StepLog } from "./step-log.ts";
import type { Target } from "./target.ts";

/** Runs the whole scenario with one client against one target. */
export async function runScenario(row: ClientRow, target: Target): Promise<Recording> {
  return recordRun(target, EVERYTHING_SERVER, (launch) => converse(row, launch));
}

async function converse(row: ClientRow, launch: Launch): Promise<ClientSide> {
  const { all: steps, step, failure } = new StepLog();
  const notifications = new NotificationLog();
  const serverRequests: AnsweredRequest[] = [];
  const received: unknown[] = [];
  const answers = firstAnswers();
  const asked = (method: string, params?: unknown) => serverRequests.push({ method, params });

  const client = row.create({
    sampling: (params) => (asked("sampling/createMessage", params), answers.sampling(params)),
    elicitation: (params) => (asked("elicitation/create", params), answers.elicitation(params)),
    roots: () => (asked("roots/list"), answers.roots()),
  });
  await client.connect(launch, {
    message: (message) => received.push(message),
    notification: (notification) => notifications.add(notification),
  });
  try {
    const until = notifications.until.bind(notifications);
    for (const part of scenario) await part({ client, answers, step, failure, until });
  } finally {
    await client.close();
  }
  return { steps, notifications: notifications.all, serverRequests, received };
}
