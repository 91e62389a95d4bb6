import { readFileSync } from "node:fs";

/** Whether the process runs. One that has ended and that nobody has asked about does not. Linux only. */
export function processIsAlive(processId: number): boolean {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, "utf8");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}
