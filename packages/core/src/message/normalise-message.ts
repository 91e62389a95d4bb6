import type { MessageScan } from "./message-scan.ts";
import type { Span } from "./span.ts";

const OPENING = Buffer.from('{"jsonrpc":"2.0"');
const CLOSING = Buffer.from("}");

/**
 * The message rebuilt from the members that belong to its kind, each value byte for byte: without extra members, with the
 * right version. `bytes` begins at the scan's start.
 */
export function normaliseMessage(bytes: Buffer, scan: MessageScan): Buffer {
  const parts: Buffer[] = [OPENING];
  const add = (key: string, span: Span | undefined) => {
    if (span === undefined) return;
    parts.push(Buffer.from(`,"${key}":`), bytes.subarray(span.start - scan.start, span.end - scan.start));
  };
  add("id", scan.id);
  if (scan.method !== undefined) {
    add("method", scan.method);
    add("params", scan.params);
  } else {
    add("result", scan.result);
    add("error", scan.error);
  }
  parts.push(CLOSING);
  return Buffer.concat(parts);
}
