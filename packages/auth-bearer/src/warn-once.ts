import type { Logger } from "@mcp-router/core/plugin";

/** Logs each warning once, however often its cause comes back. */
export class WarnOnce {
  readonly #log: Logger;
  readonly #said = new Set<string>();

  constructor(log: Logger) {
    this.#log = log;
  }

  readonly warn = (message: string): void => {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.#log.warn(message);
  };
}
