import type { ScenarioPart } from "../scenario-context.ts";

const TOOL = "trigger-long-running-operation";

/** Calls that the application gives up, and one that takes too long. What the server got of it is in its recording. */
export const cancelCalls: ScenarioPart = async ({ client, step, failure }) => {
  const controller = new AbortController();
  await failure("a call that is cancelled after it began", () =>
    client.callTool(
      TOOL,
      { duration: 1, steps: 10 },
      { signal: controller.signal, onProgress: () => controller.abort("the user changed their mind") },
    ),
  );
  await failure("a call that takes too long", () => client.callTool(TOOL, { duration: 1, steps: 1 }, { timeout: 200 }));
  await step("it still works", () => client.callTool("echo", { message: "after the cancellation" }));
  // Longer than the cancelled calls would have run: an answer that should not be would be in the recording by now.
  await step("no answer comes for them", () => client.callTool(TOOL, { duration: 1.2, steps: 1 }));
};
