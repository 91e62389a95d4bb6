import { stat } from "node:fs/promises";

/** What is doubtful about who may read or write a configuration file; one sentence each. Nothing on Windows. */
export async function checkFileMode(file: string): Promise<readonly string[]> {
  if (process.platform === "win32") return [];
  const { mode, uid } = await stat(file);
  const warnings: string[] = [];
  const me = process.getuid?.();
  if (uid !== 0 && me !== undefined && uid !== me) warnings.push(`${file} belongs to another user, who can change it`);
  if ((mode & 0o022) !== 0) warnings.push(`${file} can be changed by other users; run: chmod go-w ${file}`);
  return warnings;
}

/** Whether others than the owner may read the file. */
export async function isReadableByOthers(file: string): Promise<boolean> {
  if (process.platform === "win32") return false;
  const { mode } = await stat(file);
  return (mode & 0o044) !== 0;
}
