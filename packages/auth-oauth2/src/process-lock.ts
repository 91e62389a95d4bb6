import { randomUUID } from "node:crypto";
import { type BigIntStats, lstatSync, renameSync } from "node:fs";
import { type FileHandle, lstat, open, rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

/** Milliseconds between two signs of life of a holder, and without any after which it counts as dead. */
const HEARTBEAT_MS = 1000;
const DEAD_AFTER_MS = 5000;
/** Milliseconds between two tries, about. */
const POLL_MS = 40;

/**
 * Runs `work` while no other process runs its own with the same lock file. A holder that was killed is replaced after five
 * seconds.
 *
 * Libraries for this either are native or, like proper-lockfile, patch `process.emit` and listen for signals, in a process
 * whose end must be its own affair. Life is a modification time that moves: watched by the waiting process on its monotonic
 * clock, so that neither process ids (containers share none), nor clocks of a file server, nor jumps of time matter. Two processes that
 * take over in the same instant are told apart afterwards by whose file it is.
 *
 * @param deadAfterMs Milliseconds without a sign of life after which a holder is replaced. Default: 5000.
 * @throws the reason of `signal`, or the error of the file system when there can be no lock.
 */
export async function withProcessLock<T>(
  path: string,
  signal: AbortSignal,
  work: () => Promise<T>,
  deadAfterMs: number = DEAD_AFTER_MS,
): Promise<T> {
  const file = await acquire(path, signal, deadAfterMs);
  const heartbeat = setInterval(() => {
    // A file that was replaced under us takes the sign of life, and nobody sees it.
    file.utimes(new Date(), new Date()).catch(() => {});
  }, HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    const ours = await isAt(path, file);
    await file.close();
    if (ours) await rm(path, { force: true });
  }
}

async function acquire(path: string, signal: AbortSignal, deadAfterMs: number): Promise<FileHandle> {
  let seen: string | undefined;
  let since = 0;
  for (;;) {
    signal.throwIfAborted();
    const created = await create(path);
    if (created !== undefined) return created;
    const stamp = await lstat(path, { bigint: true }).then(stampOf, () => undefined);
    if (stamp !== seen) {
      seen = stamp;
      since = performance.now();
    } else if (stamp !== undefined && performance.now() - since >= deadAfterMs) {
      const taken = await takeOver(path, stamp);
      if (taken !== undefined) return taken;
      seen = undefined;
    }
    await delay(POLL_MS * (0.5 + Math.random()), undefined, { signal });
  }
}

async function create(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "wx", 0o600);
  } catch (cause) {
    if (Reflect.get(Object(cause), "code") === "EEXIST") return undefined;
    throw cause;
  }
}

/** Puts a file of our own in the place of the dead holder's, unless somebody has just done so. */
async function takeOver(path: string, deadStamp: string): Promise<FileHandle | undefined> {
  const own = `${path}.${randomUUID()}`;
  const file = await open(own, "wx", 0o600);
  // Nothing of this process comes between the look and the deed.
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (found !== undefined && stampOf(found) === deadStamp) {
    renameSync(own, path);
    await delay(POLL_MS);
    if (await isAt(path, file)) return file;
  }
  await file.close();
  await rm(own, { force: true });
  return undefined;
}

function stampOf({ ino, mtimeNs }: BigIntStats): string {
  return `${ino}:${mtimeNs}`;
}

async function isAt(path: string, file: FileHandle): Promise<boolean> {
  const own = await file.stat({ bigint: true });
  return await lstat(path, { bigint: true }).then(
    ({ ino, dev }) => ino === own.ino && dev === own.dev,
    () => false,
  );
}
