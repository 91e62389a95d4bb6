/**
 * Cuts a message into the payloads of its frames. A cut may fall inside a UTF-8 character: only the whole message has to
 * be valid UTF-8 (RFC 6455 §5.6).
 *
 * @param maxFrameBytes Bytes of payload per frame; 0 keeps the message in one frame.
 */
export function fragments(bytes: Buffer, maxFrameBytes: number): readonly Buffer[] {
  if (maxFrameBytes <= 0 || bytes.length <= maxFrameBytes) return [bytes];
  const parts: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += maxFrameBytes) {
    parts.push(bytes.subarray(start, start + maxFrameBytes));
  }
  return parts;
}
