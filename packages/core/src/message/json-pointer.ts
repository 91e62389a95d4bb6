import { MessageEditError } from "./message-edit-error.ts";

/** The reference tokens of a JSON Pointer (RFC 6901); none for the whole document. */
export function parsePointer(pointer: string): string[] {
  if (pointer === "") return [];
  if (!pointer.startsWith("/") || /~(?![01])/.test(pointer)) {
    throw new MessageEditError(`${JSON.stringify(pointer)} is not a JSON Pointer; write it as "/params/name".`);
  }
  return pointer
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The array index a token stands for; undefined when it is none (`01`, `x`, `-`). */
export function arrayIndex(token: string): number | undefined {
  return /^(?:0|[1-9][0-9]{0,8})$/.test(token) ? Number(token) : undefined;
}
