import type { Logger } from "@mcp-router/core/plugin";

/** A function that logs each warning once, however often its cause comes back. */
export function warnOnce(log: Logger): (message: string) => void {
  const said = new Set<string>();
  return (message) => {
    if (said.has(message)) return;
    said.add(message);
    log.warn(message);
  };
}
