import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { EVERYTHING_SERVER } from "../support/everything-server.ts";
import { describeError } from "./describe-outcome.ts";
import { NotificationLog } from "./notification-log.ts";
import type { ClientRow } from "./parity-client.ts";
import { readRecordedSessions } from "./recorded-session.ts";
import type { AnsweredRequest, Recording } from "./recording.ts";
import { scenario } from "./scenario.ts";
import type { ScenarioContext } from "./scenario-context.ts";
import type { Target } from "./target.ts";

const recordingServer = fileURLToPath(new URL("recording-server.mjs", import.meta.url));

/** Runs the whole scenario with one client against one target. */
export async function runScenario(row: ClientRow, target: Target): Promise<Recording> {
  const directory = await mkdtemp(join(tmpdir(), "mcp-router-recording-"));
  try {
    const open = await target.open([process.execPath, recordingServer, directory, ...EVERYTHING_SERVER]);
    try {
      return { ...(await converse(row, open.launch)), sessions: readRecordedSessions(directory) };
    } finally {
      await open.close();
    }
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function converse(
  row: ClientRow,
  launch: Parameters<ReturnType<ClientRow["create"]>["connect"]>[0],
): Promise<Omit<Recording, "sessions">> {
  const steps: Record<string, unknown> = {};
  const serverRequests: AnsweredRequest[] = [];
  const received: unknown[] = [];
  const notifications = new NotificationLog();
  const record = (title: string, outcome: unknown): void => {
    if (title in steps) throw new Error(`two steps are called "${title}"`);
    steps[title] = outcome;
  };

  const answers: ScenarioContext["answers"] = {
    sampling: () => ({
      model: "parity-model",
      role: "assistant",
      content: text("Grüße, 世界 🚀"),
      stopReason: "endTurn",
    }),
    elicitation: () => ({ action: "accept", content: { name: "Ada Lovelace" } }),
    roots: () => [{ uri: "file:///parity/one", name: "one" }, { uri: "file:///parity/%C3%BCber" }],
  };
  const client = row.create({
    sampling: (params) => (serverRequests.push({ method: "sampling/createMessage", params }), answers.sampling(params)),
    elicitation: (params) => (
      serverRequests.push({ method: "elicitation/create", params }),
      answers.elicitation(params)
    ),
    roots: () => (serverRequests.push({ method: "roots/list", params: undefined }), answers.roots()),
  });

  await client.connect(launch, {
    message: (message) => received.push(message),
    notification: (notification) => notifications.add(notification),
  });
  try {
    const context: ScenarioContext = {
      client,
      answers,
      until: (what, matches) => notifications.until(what, matches),
      async step(title, act) {
        record(title, await act());
      },
      async failure(title, act) {
        const unexpected = Symbol();
        const error = await act().then(() => unexpected, describeError);
        if (error === unexpected) throw new Error(`"${title}" should have failed`);
        record(title, error);
      },
    };
    for (const part of scenario) await part(context);
  } finally {
    await client.close();
  }
  return { steps, notifications: notifications.all, serverRequests, received };
}

function text(value: string): { type: "text"; text: string } {
  return { type: "text", text: value };
}
