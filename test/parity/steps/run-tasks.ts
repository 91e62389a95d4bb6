import type { ScenarioPart } from "../scenario-context.ts";

/** Tasks (2025-11-25): started by a call, asked about, fetched, listed, cancelled; and run by the client for the server. */
export const runTasks: ScenarioPart = async ({ client, answers, step, failure }) => {
  const start = async (args: Record<string, unknown>) => {
    const params = { name: "simulate-research-query", arguments: args, task: { ttl: 60_000 } };
    const created = await client.request("tools/call", params);
    return { created, taskId: readTaskId(created) };
  };
  answers.elicitation = () => ({ action: "accept", content: { interpretation: "snake" } });

  await step("a task", async () => {
    const { created, taskId } = await start({ topic: "python", ambiguous: true });
    const status = await client.request("tasks/get", { taskId });
    const result = await client.request("tasks/result", { taskId });
    const end = await client.request("tasks/get", { taskId });
    return { created, status, result, end };
  });
  await step("a task that is cancelled", async () => {
    const { created, taskId } = await start({ topic: "never finished" });
    const cancelled = await client.request("tasks/cancel", { taskId });
    return { created, cancelled, list: await client.request("tasks/list", {}) };
  });
  await failure("an unknown task", () => client.request("tasks/get", { taskId: "no-such-task" }));
  // Only offered to clients that can run tasks; for the others both targets give the same error.
  await step("the client samples in a task", () =>
    client.callTool("trigger-sampling-request-async", { prompt: "take your time" }),
  );
  await step("the client elicits in a task", () => client.callTool("trigger-elicitation-request-async", {}));
};

function readTaskId(created: unknown): string {
  if (typeof created === "object" && created !== null && "task" in created) {
    const { task } = created;
    if (typeof task === "object" && task !== null && "taskId" in task) return String(task.taskId);
  }
  throw new Error(`no task was created: ${JSON.stringify(created)}`);
}
