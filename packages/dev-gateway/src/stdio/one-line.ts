const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;

/** A JSON message as one line for a stdio server: raw line breaks can only stand between tokens and become spaces. */
export function oneLine(payload: Buffer): Buffer {
  if (!payload.includes(NEWLINE) && !payload.includes(RETURN)) return payload;
  const line = Buffer.from(payload);
  for (const [index, byte] of line.entries()) {
    if (byte === NEWLINE || byte === RETURN) line[index] = SPACE;
  }
  return line;
}
