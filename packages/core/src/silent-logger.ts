import type { Logger } from "./plugin/logger.ts";

const ignore = (): void => {};

/** The logger of an embedder that wants none. */
export const silentLogger: Logger = Object.freeze({
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  fatal: ignore,
  isLevelEnabled: () => false,
  child: () => silentLogger,
});
