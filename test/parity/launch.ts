/** How a client starts what it talks to over stdio. */
export interface Launch {
  readonly command: string;
  readonly args: string[];
  /** In addition to the few variables that the SDKs pass on by themselves. */
  readonly env: Record<string, string>;
}

/** A launch of a whole command line. */
export function launchOf(commandLine: readonly string[], env: Record<string, string> = {}): Launch {
  const [command, ...args] = commandLine;
  if (command === undefined) throw new Error("a command line needs a command");
  return { command, args, env };
}
