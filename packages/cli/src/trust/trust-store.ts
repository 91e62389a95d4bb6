import { createHash, randomUUID } from "node:crypto";
import { chmod, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A configuration file that the user trusts, with exactly this content. */
export interface TrustedFile {
  /** Absolute path, links resolved. */
  readonly file: string;
  readonly sha256: string;
}

/**
 * Remembers which files the user trusts: one small file each, so that two processes never overwrite each other's
 * decisions. Readable for the user alone.
 */
export class TrustStore {
  readonly #directory: string;

  constructor(stateDirectory: string) {
    this.#directory = join(stateDirectory, "trust");
  }

  async trust(trusted: TrustedFile): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    // The directory may be there already, with the mode of another time.
    await chmod(this.#directory, 0o700);
    const path = this.#pathOf(trusted.file);
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, `${JSON.stringify(trusted)}\n`, { mode: 0o600, flag: "wx" });
    await rename(draft, path);
  }

  async isTrusted({ file, sha256 }: TrustedFile): Promise<boolean> {
    return (await this.#read(this.#pathOf(file)))?.sha256 === sha256;
  }

  /** Whether it was trusted once, with the content it had then. */
  async isKnown(file: string): Promise<boolean> {
    return (await this.#read(this.#pathOf(file))) !== undefined;
  }

  /** Whether there was something to remove. */
  async remove(file: string): Promise<boolean> {
    if (!(await this.isKnown(file))) return false;
    await rm(this.#pathOf(file), { force: true });
    return true;
  }

  async list(): Promise<readonly TrustedFile[]> {
    const names = await readdir(this.#directory).catch(() => []);
    const records = await Promise.all(
      names.filter((name) => name.endsWith(".json")).map((name) => this.#read(join(this.#directory, name))),
    );
    return records.filter((record) => record !== undefined).sort((a, b) => (a.file < b.file ? -1 : 1));
  }

  #pathOf(file: string): string {
    return join(this.#directory, `${createHash("sha256").update(file).digest("hex")}.json`);
  }

  // A record that somebody else could have written proves nothing.
  async #read(path: string): Promise<TrustedFile | undefined> {
    try {
      const { mode, uid } = await lstat(path);
      if (process.platform !== "win32" && (uid !== process.getuid?.() || (mode & 0o022) !== 0)) return undefined;
      const record: unknown = JSON.parse(await readFile(path, "utf8"));
      if (!isTrustedFile(record)) return undefined;
      return record;
    } catch {
      return undefined;
    }
  }
}

function isTrustedFile(record: unknown): record is TrustedFile {
  if (typeof record !== "object" || record === null || !("file" in record) || !("sha256" in record)) return false;
  return typeof record.file === "string" && typeof record.sha256 === "string";
}
