import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { onTestFinished } from "vitest";

/** Makes a directory with these files; it is gone when the test has ended. */
export async function temporaryDirectory(files: { readonly [path: string]: string } = {}): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "mcp-router-cli-")));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return directory;
}
