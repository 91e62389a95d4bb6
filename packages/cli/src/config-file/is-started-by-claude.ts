import type { Environment } from "./config-directories.ts";

/** Whether Claude started this process, so that nobody sees what it does. */
export function isStartedByClaude(env: Environment): boolean {
  const value = env["CLAUDECODE"];
  return value !== undefined && value !== "";
}
