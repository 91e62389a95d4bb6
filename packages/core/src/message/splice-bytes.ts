/** The bytes from `start` up to `end` give way to `text`. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A copy of `bytes` with each stretch replaced; the stretches must be in order and may not overlap. */
export function spliceBytes(bytes: Buffer, replacements: readonly Replacement[]): Buffer {
  let length = bytes.length;
  for (const { start, end, text } of replacements) length += Buffer.byteLength(text) - (end - start);
  const spliced = Buffer.allocUnsafe(length);
  let read = 0;
  let written = 0;
  for (const { start, end, text } of replacements) {
    written += bytes.copy(spliced, written, read, start);
    written += spliced.write(text, written);
    read = end;
  }
  bytes.copy(spliced, written, read);
  return spliced;
}

/** Without raw line breaks: valid JSON has them between tokens only, where a space means the same. */
export function withoutLineBreaks(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = copy.indexOf("\n"); at >= 0; at = copy.indexOf("\n", at + 1)) copy[at] = 0x20;
  for (let at = copy.indexOf("\r"); at >= 0; at = copy.indexOf("\r", at + 1)) copy[at] = 0x20;
  return copy;
}
