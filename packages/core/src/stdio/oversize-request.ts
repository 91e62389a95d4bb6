import { scanMessage } from "../message/scan-message.ts";
import { idInHead } from "./line-head-id.ts";
import { idInTail } from "./line-tail-id.ts";

/**
 * The id to answer an oversize line with. Undefined when it has none in reach, or does not show at its beginning that it is
 * a request: an answer must never be answered, its id belongs to the other side.
 */
export function oversizeRequestId(head: Buffer, tail: Buffer): string | undefined {
  const { method, result, error } = scanMessage(head);
  if (method === undefined || result !== undefined || error !== undefined) return undefined;
  return idInHead(head) ?? idInTail(tail);
}
