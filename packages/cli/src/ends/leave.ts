import type { Log } from "../log/log.ts";
import { within } from "./within.ts";

export interface LeaveOptions {
  readonly stdout: NodeJS.WriteStream;
  readonly log: Log | undefined;
  /** How long answers may take to reach a client that reads slowly, in milliseconds. */
  readonly flushMs: number;
}

const LOG_FLUSH_MS = 200;
const LINGER_MS = 500;

/**
 * Ends the process: sets the exit code, lets everything that was written leave, and then lets the event loop end by
 * itself. What still holds it half a second later is cut off.
 *
 * @remarks `process.exit()` at once would throw away what the pipe has not taken yet, and it takes 64 KiB at a time.
 */
export async function leave(exitCode: number, { stdout, log, flushMs }: LeaveOptions): Promise<void> {
  process.exitCode = exitCode;
  await within(flushMs, flushed(stdout));
  if (log !== undefined) await within(LOG_FLUSH_MS, log.flush());
  process.stdin.destroy();
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

/** Settles when the stream has handed everything on, or never can. */
async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.destroyed || stream.writableLength === 0) return;
  await new Promise<void>((resolve) => {
    stream.once("close", resolve);
    stream.once("error", () => resolve());
    stream.write("", () => resolve());
  });
}
