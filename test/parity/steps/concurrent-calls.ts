import type { ScenarioPart } from "../scenario-context.ts";

const CALLS = 200;

/** Many requests under way at once: every answer finds the call it belongs to. */
export const concurrentCalls: ScenarioPart = async ({ client, step }) => {
  await step("many calls at once", () =>
    Promise.all(
      Array.from({ length: CALLS }, (_, index) =>
        index % 2 === 0
          ? client.callTool("echo", { message: `message ${index} ${"x".repeat(index * 10)}` })
          : client.callTool("get-sum", { a: index, b: index }),
      ),
    ),
  );
};
