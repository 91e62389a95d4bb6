import { isObject } from "./json-object.ts";

/** A system error's code (`ENOENT`), or else the message of whatever was thrown. */
export function describeError(error: unknown): string {
  if (isObject(error) && typeof error["code"] === "string") return error["code"];
  return error instanceof Error ? error.message : String(error);
}
