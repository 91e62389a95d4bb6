import type { ConfigIssue } from "../errors/config-error.ts";
import type { KeyPath } from "./key-path.ts";

/** A fault before it is known where it was written. */
export type IssueDraft = Pick<ConfigIssue, "code" | "message" | "expected" | "suggestion"> & {
  readonly path: KeyPath;
};

/** Whether there is a fault at a value or around it. */
export function hasIssueAt(issues: readonly IssueDraft[], path: KeyPath): boolean {
  return issues.some((issue) => issue.path.every((member, index) => member === path[index]));
}
