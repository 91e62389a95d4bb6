import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { type Scope, untilTestEnds } from "./scope.ts";

/** A directory outside the repository with these files in it; it is gone at the end of the scope. */
export async function temporaryDirectory(
  files: { readonly [path: string]: string } = {},
  scope: Scope = untilTestEnds,
): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "mcp-router-test-")));
  scope(() => rm(directory, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return directory;
}
