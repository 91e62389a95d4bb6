const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;

/**
 * A JSON message as one line for a stdio server, line break included.
 *
 * @remarks In JSON a raw line break can only stand between tokens, where a space means the same.
 */
export function asLine(payload: Buffer): Buffer {
  const line = Buffer.allocUnsafe(payload.length + 1);
  payload.copy(line);
  line[payload.length] = NEWLINE;
  if (!payload.includes(NEWLINE) && !payload.includes(RETURN)) return line;
  for (const [index, byte] of payload.entries()) {
    if (byte === NEWLINE || byte === RETURN) line[index] = SPACE;
  }
  return line;
}
