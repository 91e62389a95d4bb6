const MAX_BYTES = 123;

/** Shortens a reason to what fits into a WebSocket close frame, without leaving half a character at the end. */
export function closeReason(reason: string): string {
  const bytes = Buffer.from(reason);
  if (bytes.length <= MAX_BYTES) return reason;
  return bytes.toString("utf8", 0, MAX_BYTES).replace(/\uFFFD$/, "");
}
