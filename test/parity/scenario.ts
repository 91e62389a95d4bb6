import { cancelCalls } from "./steps/cancel-calls.ts";
import { callTools } from "./steps/call-tools.ts";
import { changeLogLevel } from "./steps/change-log-level.ts";
import { concurrentCalls } from "./steps/concurrent-calls.ts";
import { getPrompts } from "./steps/get-prompts.ts";
import { meetServer } from "./steps/meet-server.ts";
import { provokeErrors } from "./steps/provoke-errors.ts";
import { readResources } from "./steps/read-resources.ts";
import { runTasks } from "./steps/run-tasks.ts";
import { answerServer } from "./steps/answer-server.ts";
import { watchProgress } from "./steps/watch-progress.ts";
import type { ScenarioPart } from "./scenario-context.ts";

/** What every client does with every target, in this order. */
export const scenario: readonly ScenarioPart[] = [
  meetServer,
  callTools,
  readResources,
  getPrompts,
  changeLogLevel,
  provokeErrors,
  watchProgress,
  answerServer,
  concurrentCalls,
  cancelCalls,
  runTasks,
];
