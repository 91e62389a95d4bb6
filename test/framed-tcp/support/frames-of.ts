/** A frame as the wire's description has it: untyped (type 0) or typed. */
export interface RecordedFrame {
  readonly type: number;
  /** The header, in hexadecimal digits. */
  readonly header: string;
  readonly payload: Buffer;
}

/** Takes what a client has sent apart, by hand; throws at the first byte that is no frame. */
export function framesOf(bytes: Buffer): readonly RecordedFrame[] {
  const frames: RecordedFrame[] = [];
  for (let at = 0; at < bytes.length;) {
    const type = bytes.readUInt8(at + 2);
    const headerLength = type === 0 ? 6 : 7;
    if (bytes.readUInt16BE(at) !== 0x4d43 || type > 5) throw new Error(`no frame at byte ${at}`);
    const end = at + headerLength + bytes.readUInt32BE(at + headerLength - 4);
    frames.push({
      type,
      header: bytes.toString("hex", at, at + headerLength),
      payload: bytes.subarray(at + headerLength, end),
    });
    at = end;
  }
  return frames;
}
