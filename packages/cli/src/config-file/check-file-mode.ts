import { stat } from "node:fs/promises";

export interface FileModeCheck {
  /** What is doubtful about who may change the file; one sentence each. */
  readonly warnings: readonly string[];
  readonly readableByOthers: boolean;
}

/** Looks at who may read and write a configuration file. Windows has other means: nothing there. */
export async function checkFileMode(file: string): Promise<FileModeCheck> {
  if (process.platform === "win32") return { warnings: [], readableByOthers: false };
  const { mode, uid } = await stat(file);
  const warnings: string[] = [];
  if (uid !== 0 && uid !== process.getuid?.()) warnings.push(`${file} belongs to another user, who can change it`);
  if ((mode & 0o022) !== 0) warnings.push(`${file} can be changed by other users; run: chmod go-w ${file}`);
  return { warnings, readableByOthers: (mode & 0o044) !== 0 };
}
