import { constants, type Stats } from "node:fs";
import { chmod, lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { randomUUID } from "node:crypto";

/** Permission bits of group and others. */
const NOT_OWNER = 0o077;
/** Bytes of the longest file: two tokens of 16 KiB with room around them. */
const MAX_BYTES = 64 * 1024;

/** Node has neither owners nor these modes on Windows; a profile's folders are private there by themselves. */
const POSIX = process.platform !== "win32";

/** What makes a file or folder unfit for secrets. */
export class UnsafeFile extends Error {}

/** `mcp-router/tokens` in the user's folder for caches (XDG Base Directory Specification). */
export function tokenFolder(env: { readonly [name: string]: string | undefined }): string {
  const named = env["XDG_CACHE_HOME"];
  const caches = named !== undefined && isAbsolute(named) ? named : join(env["HOME"] ?? homedir(), ".cache");
  return join(caches, "mcp-router", "tokens");
}

/**
 * Makes the folder, and makes sure that nobody else can get in.
 *
 * @throws UnsafeFile for one that belongs to somebody else or is a link; the system's error when it cannot be made.
 */
export async function prepareFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const found = await lstat(path);
  if (!found.isDirectory()) throw new UnsafeFile(`${path} is no folder of its own`);
  refuseForeign(path, found);
  if (POSIX && (found.mode & NOT_OWNER) !== 0) await chmod(path, 0o700);
}

/**
 * The text of a file that only this user can have written or read. Undefined when there is none.
 *
 * @throws UnsafeFile for a link, a file of somebody else's, or one that others can read or write.
 */
export async function readPrivate(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | (POSIX ? constants.O_NOFOLLOW | constants.O_NONBLOCK : 0));
    try {
      const found = await file.stat();
      if (!found.isFile() || found.size > MAX_BYTES) throw new UnsafeFile(`${path} is no file of tokens`);
      refuseForeign(path, found);
      if (POSIX && (found.mode & NOT_OWNER) !== 0) throw new UnsafeFile(`${path} is open to others than its owner`);
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  } catch (cause) {
    const code: unknown = Reflect.get(Object(cause), "code");
    if (code === "ENOENT") return undefined;
    if (code === "ELOOP") throw new UnsafeFile(`${path} is a symbolic link`, { cause });
    throw cause;
  }
}

/** Writes a file for this user alone; whoever reads it gets the old text or the new one. */
export async function writePrivate(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
  try {
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw cause;
  }
}

function refuseForeign(path: string, { uid }: Stats): void {
  const own = process.getuid?.();
  if (own !== undefined && uid !== own) throw new UnsafeFile(`${path} belongs to another user (${uid})`);
}
