import type { ChildProcess } from "node:child_process";

/** How long pipes may stay open after the exit, for the last bytes in them. */
const PIPES_DEADLINE_MS = 1000;

/** How long a server may take to end after each step. */
export interface StopDeadlines {
  /** After its stdin has ended, before SIGTERM. */
  readonly stdinMs: number;
  /** After SIGTERM, before SIGKILL. */
  readonly terminateMs: number;
}

/** Ends a server the way MCP clients do: end of stdin, then SIGTERM, then SIGKILL. Settles when it is gone. */
export async function stopChild(child: ChildProcess, deadlines: StopDeadlines): Promise<void> {
  if (hasEnded(child)) return;
  // `close` comes when its pipes are closed too, so nobody it started is left holding them.
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const terminate = setTimeout(() => signalGroup(child, "SIGTERM"), deadlines.stdinMs);
  const kill = setTimeout(() => signalGroup(child, "SIGKILL"), deadlines.stdinMs + deadlines.terminateMs);
  child.stdin?.end();
  await closed;
  clearTimeout(terminate);
  clearTimeout(kill);
}

/** Kills a server and what it started, without waiting. */
export function killChild(child: ChildProcess): void {
  // The number of a process that has ended may belong to somebody else by now.
  if (!hasEnded(child)) signalGroup(child, "SIGKILL");
}

/**
 * Cleans up behind a server that has exited by itself or by a signal: ends what it started, and lets go of its pipes
 * when somebody who left its process group still holds them.
 */
export function buryChild(child: ChildProcess): void {
  signalGroup(child, "SIGKILL");
  const letGo = setTimeout(() => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, PIPES_DEADLINE_MS);
  child.once("close", () => clearTimeout(letGo));
}

/** Sends a signal to the server and to everything it started (`npx` and shells start the real server as a child). */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, signal);
  } catch {
    // Nobody is left in the group, which is what the signal was for.
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}
